// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.airgap.SigningAnswer;
import dev.trustme.airgap.SigningReplay;
import dev.trustme.airgap.SigningRequest;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.util.List;

/**
 * May these signatures be used? Files request, as the online machine wrote it, and answer, as the
 * machine with the keys gave it back.
 */
final class AirGapFamily {
  private AirGapFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var json = input.file("request");
    var request = SigningRequest.parse(json);
    var answer = SigningAnswer.parse(input.file("answer"));
    return Outcome.inWords(SigningReplay.of(request, SigningRequest.digest(json), List.of(answer)));
  }
}
