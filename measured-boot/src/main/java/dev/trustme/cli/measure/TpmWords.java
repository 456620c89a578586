// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsPcrSelection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What people write for things of a TPM. */
public final class TpmWords {
  private TpmWords() {}

  /** {@code sha256:0,7+sha1:1}, as tpm2-tools take it. */
  static TpmlPcrSelection selection(String text) {
    List<TpmsPcrSelection> banks = new ArrayList<>();
    for (String part : text.split("\\+", -1)) {
      String[] words = part.split(":", 2);
      var bank =
          HashAlgorithm.byLabel(words[0])
              .orElseThrow(() -> CommandFailure.usage("--pcrs: unknown bank " + words[0]));
      if (words.length < 2 || banks.stream().anyMatch(b -> b.hash() == bank)) {
        throw CommandFailure.usage("--pcrs: expected BANK:PCR,... once for each bank: " + text);
      }
      banks.add(
          TpmsPcrSelection.of(
              bank, Stream.of(words[1].split(",", -1)).map(PcrReadCommand::pcr).toList()));
    }
    return new TpmlPcrSelection(banks);
  }

  /** {@code 0x81010002}: hexadecimal within a range of handles. */
  static long handle(String text, long first, long last, String what) {
    if (text.matches("0x[0-9a-fA-F]{1,8}")) {
      long handle = Long.parseLong(text.substring(2), 16);
      if (handle >= first && handle <= last) {
        return handle;
      }
    }
    throw CommandFailure.usage(
        "expected %s from 0x%08x to 0x%08x, found %s".formatted(what, first, last, text));
  }

  public static long persistent(String text) {
    return handle(text, 0x81000000L, 0x81ffffffL, "a persistent handle");
  }

  static long nvIndex(String text) {
    return handle(text, 0x01000000L, 0x01ffffffL, "an NV index");
  }

  public static EkTemplate template(String text) {
    return Arrays.stream(EkTemplate.values())
        .filter(t -> t.label().equals(text))
        .findFirst()
        .orElseThrow(() ->
            CommandFailure.usage(
                "--ek-template: expected one of %s, found %s"
                    .formatted(
                        Arrays.stream(EkTemplate.values())
                            .map(EkTemplate::label)
                            .collect(Collectors.joining(", ")),
                        text)));
  }
}
