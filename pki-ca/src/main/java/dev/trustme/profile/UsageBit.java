// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.key.Labels;
import java.util.Collection;
import java.util.Locale;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Key usages of a key that is no authority's. RFC 5280, 4.2.1.3. */
public enum UsageBit {
  DIGITAL_SIGNATURE(KeyUsage.digitalSignature),
  NON_REPUDIATION(KeyUsage.nonRepudiation),
  KEY_ENCIPHERMENT(KeyUsage.keyEncipherment),
  KEY_AGREEMENT(KeyUsage.keyAgreement);

  private final int bit;

  UsageBit(int bit) {
    this.bit = bit;
  }

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @JsonCreator
  public static UsageBit byLabel(String label) {
    return Labels.byLabel("key usage", values(), UsageBit::label, label);
  }

  /** The bits as Bouncy Castle's KeyUsage takes them. */
  public static int bits(Collection<UsageBit> usages) {
    return usages.stream().mapToInt(u -> u.bit).reduce(0, (a, b) -> a | b);
  }
}
