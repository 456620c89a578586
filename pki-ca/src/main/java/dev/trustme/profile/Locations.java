// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * Where what an authority publishes is found; said in every certificate that it issues. Lists of
 * http or ldap addresses. RFC 5280, 4.2.1.13 (crl), 4.2.1.15 (delta-crl), 4.2.2.1 (issuer, ocsp).
 */
public record Locations(
    Optional<List<String>> crl,
    Optional<List<String>> deltaCrl,
    Optional<List<String>> issuer,
    Optional<List<String>> ocsp) {
  public static final Locations NONE =
      new Locations(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public Locations {
    crl = checked("crl", crl);
    deltaCrl = checked("delta-crl", deltaCrl);
    issuer = checked("issuer", issuer);
    ocsp = checked("ocsp", ocsp);
  }

  private static Optional<List<String>> checked(String what, Optional<List<String>> addresses) {
    addresses.ifPresent(list -> {
      Profile.require(!list.isEmpty() && list.size() <= 8, what + ": 1 to 8 addresses");
      list.forEach(address -> requireAddress(what, address));
    });
    return addresses.map(List::copyOf);
  }

  private static void requireAddress(String what, String address) {
    try {
      var uri = new URI(address);
      String scheme = String.valueOf(uri.getScheme());
      Profile.require(
          uri.getHost() != null && scheme.matches("https?|ldap"),
          "%s: expected an http or ldap address, found %s".formatted(what, address));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("%s: is no address: %s".formatted(what, address), e);
    }
  }
}
