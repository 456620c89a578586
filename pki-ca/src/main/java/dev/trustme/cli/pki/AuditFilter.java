// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.audit.LogFilter;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that choose entries of a log. */
final class AuditFilter {
  @Option(
      names = "--action",
      paramLabel = "WORD",
      description = "Only this action, such as issue or sign-module.")
  private @Nullable String action;

  @Option(names = "--since", paramLabel = "TIME", description = "Not before this time (RFC 3339).")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Before this time (RFC 3339).")
  private @Nullable String until;

  @Option(
      names = "--certificate",
      paramLabel = "HEX",
      description = "Only by or for the certificate or key of this SHA-256; its beginning will do.")
  private @Nullable String certificate;

  @Option(
      names = "--artifact",
      paramLabel = "DIGEST",
      description = "Only what signed this digest (sha256:...).")
  private @Nullable String artifact;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Only what signed this file: who signed it, and when?")
  private @Nullable Path file;

  LogFilter filter() throws IOException {
    return new LogFilter(
        Optional.ofNullable(action),
        Optional.ofNullable(since).map(t -> time("--since", t)),
        Optional.ofNullable(until).map(t -> time("--until", t)),
        Optional.ofNullable(certificate).map(AuditFilter::hex),
        artifact());
  }

  private Optional<Digest> artifact() throws IOException {
    if (artifact != null && file != null) {
      throw CommandFailure.usage("--artifact and --file name the same thing: give one");
    }
    if (file != null) {
      return Optional.of(HashAlgorithm.SHA256.digest(Inputs.read(file)));
    }
    return Optional.ofNullable(artifact).map(AuditFilter::digest);
  }

  private static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (FormatException e) {
      throw CommandFailure.usage("--artifact: expected sha256:HEX, found " + text);
    }
  }

  private static String hex(String text) {
    String bare = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
    if (!bare.matches("[0-9a-fA-F]{4,64}")) {
      throw CommandFailure.usage("--certificate: expected 4 to 64 hex digits, found " + text);
    }
    return bare.toLowerCase(Locale.ROOT);
  }

  private static Instant time(String option, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw CommandFailure.usage(
          "%s: expected a time like 2026-11-22T10:14:03Z, found %s".formatted(option, text));
    }
  }
}
