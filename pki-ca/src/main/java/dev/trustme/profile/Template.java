// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import dev.trustme.key.KeyType;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * What certificates issued from requests look like. The request brings a key of one of these types,
 * a common name and names of these kinds; all else is the template's.
 */
public record Template(
    String issuer,
    int years,
    List<Use> use,
    List<KeyType> key,
    List<NameKind> names,
    Optional<List<UsageBit>> keyUsage,
    Optional<List<String>> policies) {
  public Template {
    Profile.requireYears(years);
    use = Profile.each("use", use);
    key = Profile.each("key", key);
    names = List.copyOf(names);
    Profile.require(
        names.size() == (names.isEmpty() ? 0 : EnumSet.copyOf(names).size()), "names: each once");
    keyUsage = Profile.signing(keyUsage);
    policies = Profile.policies(policies);
  }
}
