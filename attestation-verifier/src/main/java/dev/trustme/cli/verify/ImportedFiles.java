// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.CommandFailure;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.foreign.ToolsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the files of tpm2-tools are: in the folder under their usual names, or elsewhere. */
final class ImportedFiles {
  @Option(names = "--message", paramLabel = "FILE", description = "Instead of quote.msg.")
  private Optional<Path> message = Optional.empty();

  @Option(names = "--signature", paramLabel = "FILE", description = "Instead of quote.sig.")
  private Optional<Path> signature = Optional.empty();

  @Option(names = "--plain-signature", paramLabel = "FILE", description = "Instead of quote.plain.")
  private Optional<Path> plain = Optional.empty();

  @Option(names = "--pcr-file", paramLabel = "FILE", description = "Instead of quote.pcrs.")
  private Optional<Path> values = Optional.empty();

  @Option(names = "--ak-public", paramLabel = "FILE", description = "Instead of ak.pub.")
  private Optional<Path> akPublic = Optional.empty();

  @Option(names = "--ak-pem", paramLabel = "FILE", description = "Instead of ak.pem.")
  private Optional<Path> akPem = Optional.empty();

  @Option(
      names = "--ak-cert",
      paramLabel = "FILE",
      description = "Instead of ak.crt: PEM with its authorities, or one in DER.")
  private Optional<Path> akCertificate = Optional.empty();

  @Option(names = "--ek-cert", paramLabel = "FILE", description = "Instead of ek.crt, likewise.")
  private Optional<Path> ekCertificate = Optional.empty();

  @Option(names = "--enrolment", paramLabel = "FILE", description = "Instead of enrolment.json.")
  private Optional<Path> enrolment = Optional.empty();

  @Option(names = "--eventlog", paramLabel = "FILE", description = "Instead of eventlog.bin.")
  private Optional<Path> eventLog = Optional.empty();

  @Option(names = "--ima", paramLabel = "FILE", description = "Instead of ima.bin.")
  private Optional<Path> ima = Optional.empty();

  @Option(names = "--userspace", paramLabel = "FILE", description = "Instead of userspace.log.")
  private Optional<Path> userspace = Optional.empty();

  @Option(names = "--containers", paramLabel = "FILE", description = "Instead of containers.log.")
  private Optional<Path> containers = Optional.empty();

  Bytes message(Path folder) throws IOException {
    return needed(message.orElse(folder.resolve("quote.msg")));
  }

  Bytes values(Path folder) throws IOException {
    return needed(values.orElse(folder.resolve("quote.pcrs")));
  }

  ToolsFiles.Signature signature(Path folder) throws IOException {
    var tss = optional(signature, folder, "quote.sig");
    var bare = optional(plain, folder, "quote.plain");
    requireOne(tss, bare, folder, "quote.sig", "quote.plain");
    return tss.<ToolsFiles.Signature>map(ToolsFiles.Signature.Tss::new)
        .orElseGet(() -> new ToolsFiles.Signature.Plain(bare.orElseThrow()));
  }

  ToolsFiles.Key key(Path folder) throws IOException {
    var tss = optional(akPublic, folder, "ak.pub");
    var pem = optional(akPem, folder, "ak.pem");
    requireOne(tss, pem, folder, "ak.pub", "ak.pem");
    return tss.<ToolsFiles.Key>map(ToolsFiles.Key.Tss::new)
        .orElseGet(() -> new ToolsFiles.Key.Pem(pem.orElseThrow()));
  }

  ToolsFiles.Vouchers vouchers(Path folder) throws IOException {
    return new ToolsFiles.Vouchers(
        optional(akCertificate, folder, "ak.crt").orElse(Bytes.empty()),
        optional(ekCertificate, folder, "ek.crt").orElse(Bytes.empty()),
        optional(enrolment, folder, "enrolment.json"));
  }

  Evidence.Logs logs(Path folder) throws IOException {
    return new Evidence.Logs(
        needed(eventLog.orElse(folder.resolve("eventlog.bin"))),
        optional(ima, folder, "ima.bin"),
        optional(userspace, folder, "userspace.log"),
        optional(containers, folder, "containers.log"));
  }

  private static void requireOne(
      Optional<Bytes> one, Optional<Bytes> other, Path folder, String name, String otherName) {
    if (one.isPresent() == other.isPresent()) {
      throw CommandFailure.usage(
          "%s: expected either %s or %s, found %s"
              .formatted(folder, name, otherName, one.isPresent() ? "both" : "neither"));
    }
  }

  private static Bytes needed(Path file) throws IOException {
    return Inputs.read(file, Evidence.MAX_BYTES);
  }

  /** A file that an option names must be there; one of a usual name may be missing. */
  private static Optional<Bytes> optional(Optional<Path> named, Path folder, String name)
      throws IOException {
    Path file = named.orElse(folder.resolve(name));
    return named.isPresent() || Files.exists(file) ? Optional.of(needed(file)) : Optional.empty();
  }
}
