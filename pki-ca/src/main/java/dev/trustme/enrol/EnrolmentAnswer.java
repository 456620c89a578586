// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.util.List;

/** What an opened secret is worth. */
public sealed interface EnrolmentAnswer {
  List<Check> checks();

  /** It answers the challenge that waits for it. */
  record Answered(ActivatedDevice device, List<Check> checks) implements EnrolmentAnswer {}

  /** It is the answer by which the device was enrolled. */
  record Again(RegisteredDevice device, List<Check> checks) implements EnrolmentAnswer {}

  /** It answers nothing. */
  record Refused(List<Check> checks) implements EnrolmentAnswer {}

  /** Judges the answer to the challenge of this request. */
  static EnrolmentAnswer judge(DeviceRegister register, Bytes requestBytes, Bytes answer)
      throws IOException, FormatException {
    var request = EnrolmentRequest.parse(requestBytes);
    var pending = register.pending(request.device());
    if (pending.isPresent()) {
      return switch (pending.get().answer(requestBytes, answer)) {
        case Verdict.Accepted<ActivatedDevice> accepted ->
            new Answered(accepted.value(), accepted.checks());
        case Verdict.Rejected<ActivatedDevice> rejected -> new Refused(rejected.checks());
      };
    }
    var known = register.find(request.device()).filter(d -> d.current().active());
    if (known.isPresent()
        && known.get().current().request().equals(HashAlgorithm.SHA256.digest(requestBytes))) {
      var check = PendingEnrolment.secret(answer, known.get().current().secret());
      return check.failed() ? new Refused(List.of(check)) : new Again(known.get(), List.of(check));
    }
    return new Refused(
        List.of(
            Check.fail("pending", "a challenge that waits for its answer", "none")
                .advise("begin with 'trustme pki enrol challenge'")));
  }
}
