// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.airgap.ArtifactFiles;
import dev.trustme.airgap.RequestItem;
import dev.trustme.airgap.SigningRecorder;
import dev.trustme.airgap.SigningRequest;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the machine with the key can check of a request, where the artefacts are there too. */
final class RequestChecks {
  @Option(
      names = "--files",
      paramLabel = "DIR",
      description = "Find every artefact below this folder by its SHA-256, or refuse.")
  private @Nullable Path files;

  @Option(
      names = "--recompute",
      description = "Run the request's command here, and refuse what differs.")
  private boolean recompute;

  void check(SigningRequest request, Instant now, Output output) throws IOException {
    if (files != null) {
      find(request, ArtifactFiles.below(files), output);
    }
    if (recompute) {
      requireSame(request, now);
      output.line("computed again from the files that are here: the same");
    }
  }

  private static void find(SigningRequest request, ArtifactFiles files, Output output) {
    for (var item : request.items()) {
      var check = files.check(item);
      if (check.failed()) {
        throw CommandFailure.rejected(
            "%s: %s: expected %s, found %s"
                .formatted(check.where(), check.id(), check.expected(), check.seen()));
      }
      output.line("hashed   %s".formatted(check.seen()));
    }
  }

  private static void requireSame(SigningRequest request, Instant now) {
    var again = new SigningRecorder();
    var ran =
        new AwayFromKeys(again, now)
            .run(request.command(), request.created(), request.contentTime());
    if (ran.code() != 0) {
      throw CommandFailure.rejected("--recompute: the request's command does not succeed here");
    }
    Set<RequestItem> here = new HashSet<>();
    again.items().forEach(item -> here.add(unsigned(item)));
    for (var item : request.items()) {
      if (!here.remove(unsigned(item))) {
        throw CommandFailure.rejected(
            item.name() + ": is not what the request's command makes of the files that are here");
      }
    }
    if (!here.isEmpty()) {
      throw CommandFailure.rejected(
          here.iterator().next().name() + ": the request leaves out what its command signs");
    }
  }

  /** Whoever shall sign is checked with the key. */
  private static RequestItem unsigned(RequestItem item) {
    return new RequestItem(
        0, item.kind(), item.about(), item.algorithm(), item.digest(), item.message());
  }
}
