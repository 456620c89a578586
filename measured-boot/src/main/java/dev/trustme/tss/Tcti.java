// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.FormatException;
import java.util.regex.Pattern;

/**
 * Where the TPM is, as a tpm2-tss TCTI loader string: {@code device:/dev/tpmrm0} or {@code
 * swtpm:path=tpm.sock}. Commands to a TPM travel in the clear, so {@link #parse} takes local ones
 * only.
 */
public record Tcti(String configuration) {
  /** The kernel's resource manager. */
  public static final Tcti DEFAULT = new Tcti("device:/dev/tpmrm0");

  private static final Pattern LOCAL =
      Pattern.compile(
          "device|device:/dev/tpm(rm)?[0-9]+|swtpm:path=[^,]+"
              + "|swtpm:host=(localhost|127\\.0\\.0\\.1|::1)(,port=[0-9]+)?|swtpm:port=[0-9]+|swtpm");

  public static Tcti parse(String configuration) throws FormatException {
    if (!LOCAL.matcher(configuration).matches()) {
      throw new FormatException(
          "TCTI",
          0,
          "expected a local TPM such as device:/dev/tpmrm0 or swtpm:path=tpm.sock, found "
              + configuration);
    }
    return new Tcti(configuration);
  }

  /** Any TCTI, also one that leaves this machine: whoever listens there sees and may change all. */
  public static Tcti alsoRemote(String configuration) {
    return new Tcti(configuration);
  }

  @Override
  public String toString() {
    return configuration;
  }
}
