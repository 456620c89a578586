// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.key.KeyType;
import dev.trustme.profile.NameKind;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * What a request may bring and what a certificate issued from it will have.
 *
 * @param keys the types of keys that are certified
 * @param names the kinds of alternative names that are copied; if there are any, one is needed
 * @param purposes the extended key usages that the certificate gets
 * @param keyUsage the key usage bits that it gets
 * @param authority whether it is a CA's; its name is then not the request's matter
 * @param dropExtras whether wishes that are not granted are dropped instead of refused
 */
public record CsrRules(
    List<KeyType> keys,
    List<NameKind> names,
    Set<KeyPurposeId> purposes,
    int keyUsage,
    boolean authority,
    boolean dropExtras) {
  public CsrRules {
    keys = List.copyOf(keys);
    names = List.copyOf(names);
    purposes = Set.copyOf(purposes);
  }
}
