// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.airgap.RequestItem;
import dev.trustme.bytes.Digest;
import dev.trustme.files.Outputs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a command would have signed and written: fields of its document, and words. */
record DryRun(boolean dryRun, List<Signature> wouldSign, List<String> wouldWrite) {
  /** One signature that was not made. */
  record Signature(
      String kind,
      String name,
      Optional<Digest> sha256,
      String algorithm,
      Optional<Digest> digest) {}

  static DryRun of(List<RequestItem> items, Outputs.Pending... outputs) {
    return new DryRun(
        true,
        items.stream()
            .map(item ->
                new Signature(
                    item.kind(),
                    item.name(),
                    item.about().map(RequestItem.About::sha256),
                    item.algorithm(),
                    item.digest()))
            .toList(),
        Arrays.stream(outputs).map(Outputs.Pending::target).map(Path::toString).toList());
  }

  String text() {
    return "dry run: nothing was signed, written or logged; it would make %d signature%s\n"
        .formatted(wouldSign.size(), wouldSign.size() == 1 ? "" : "s")
        .concat(lines(wouldSign.stream().map(s -> "sign   " + s.kind() + "  " + s.name()).toList()))
        .concat(lines(wouldWrite.stream().map(file -> "write  " + file).toList()));
  }

  private static String lines(List<String> lines) {
    return lines.stream().map(line -> "  " + line + "\n").collect(Collectors.joining());
  }
}
