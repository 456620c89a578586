// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.uefi.SignatureList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** An update that firmware would take. Only {@link UpdateVerifier} makes it. */
public final class VerifiedUpdate {
  private final VariableUpdate update;
  private final List<SignatureList> lists;
  private final X509CertificateHolder signer;

  VerifiedUpdate(VariableUpdate update, List<SignatureList> lists, X509CertificateHolder signer) {
    this.update = update;
    this.lists = List.copyOf(lists);
    this.signer = signer;
  }

  public VariableUpdate update() {
    return update;
  }

  /** The new content, or what is appended; none deletes the variable. */
  public List<SignatureList> lists() {
    return lists;
  }

  public X509CertificateHolder signer() {
    return signer;
  }
}
