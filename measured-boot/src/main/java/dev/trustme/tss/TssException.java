// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * A call of tpm2-tss that failed: which call, which layer says so, about which parameter, handle or
 * session, and what to do where that is known.
 */
public final class TssException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;

  TssException(String call, TssReturnCode code, String decoded) {
    super(message(call, code, decoded));
    this.code = code.value();
  }

  private static String message(String call, TssReturnCode code, String decoded) {
    var text = new StringBuilder(call).append(": ");
    code.tpmRc()
        .map(TpmRc::advice)
        .filter(advice -> !advice.isEmpty())
        .ifPresentOrElse(text::append, () -> text.append(connection(code).orElse(decoded)));
    text.append(" (");
    if (code.fromTpm()) {
      text.append(code.name());
      code.subject()
          .ifPresent(s ->
              text.append(", ")
                  .append(s.kind().name().toLowerCase(Locale.ROOT))
                  .append(' ')
                  .append(s.number()));
    } else {
      text.append(decoded);
    }
    return text.append(", ").append(code).append(')').toString();
  }

  /** What the transport's codes mean for a person. TCG TSS 2.0 Overview 1.0, 7.2.5. */
  private static Optional<String> connection(TssReturnCode code) {
    if (code.layer() != TssReturnCode.Layer.TCTI) {
      return Optional.empty();
    }
    return switch (code.base()) {
      case 0x0008, 0x000a ->
          Optional.of(
              "the TPM does not answer; is it there, may this user open it, was it restarted?");
      default -> Optional.empty();
    };
  }

  public TssReturnCode code() {
    return new TssReturnCode(code);
  }

  /** Whether the TPM said exactly this. */
  public boolean is(TpmRc rc) {
    return code().tpmRc().filter(rc::equals).isPresent();
  }

  /** The TPM works and says no, as it does to a wrong secret or an unmet policy. */
  public boolean refusal() {
    return code().tpmRc().filter(TpmRc::refusal).isPresent();
  }
}
