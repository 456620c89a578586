// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import static dev.trustme.profile.Profile.require;
import static java.util.Objects.requireNonNull;

import dev.trustme.profile.Profile.Authority;
import dev.trustme.profile.Profile.Enrolment;
import dev.trustme.profile.Profile.RoleKey;
import dev.trustme.profile.Profile.SecureBoot;
import dev.trustme.trust.Role;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What must hold between the parts of a profile. */
record ProfileRules(
    Map<String, Authority> authorities,
    Map<String, RoleKey> roles,
    Enrolment enrolment,
    SecureBoot secureBoot) {
  void check() {
    authorities.keySet().forEach(this::requireName);
    authorities.forEach((name, authority) ->
        authority
            .issuer()
            .ifPresent(i -> requireIssuer("authority '" + name + "'", i, authority.years())));
    authorities.keySet().forEach(this::requireNoCircle);
    authorities.forEach(this::requirePathLength);
    roles.forEach(this::checkRole);
    requireIssuer("enrolment", enrolment.issuer(), enrolment.years());
    secureBoot.db().forEach(this::checkAdmitted);
  }

  private void requireName(String name) {
    require(
        name.matches("[a-z][a-z0-9-]{0,39}") && !roles.containsKey(name),
        "authority '%s': expected a name of its own of lower-case letters, digits and '-'"
            .formatted(name));
  }

  private void requireIssuer(String what, String issuer, int years) {
    var found = authorities.get(issuer);
    require(found != null, "%s: no authority is named '%s'".formatted(what, issuer));
    require(
        found == null || found.years() >= years,
        "%s: valid for %d years, longer than its issuer '%s'".formatted(what, years, issuer));
  }

  private void requireNoCircle(String name) {
    Set<String> seen = new HashSet<>();
    var next = authorities.get(name);
    while (next != null && next.issuer().isPresent()) {
      String issuer = next.issuer().get();
      require(seen.add(issuer), "authority '%s': its issuers form a circle".formatted(name));
      next = authorities.get(issuer);
    }
  }

  /** An authority's path length is the number of authorities that may stand below it. */
  private void requirePathLength(String name, Authority authority) {
    int below = 0;
    for (var step = authority; step.issuer().isPresent(); ) {
      String issuer = step.issuer().get();
      step = requireNonNull(authorities.get(issuer));
      below++;
      require(
          step.pathLength().orElse(Integer.MAX_VALUE) >= below,
          "authority '%s': path-length %s of '%s' does not allow it"
              .formatted(name, step.pathLength().orElse(0), issuer));
    }
  }

  private void checkRole(String name, RoleKey key) {
    var role = Role.byLabel(name);
    require(role.isPresent(), "role '%s': is not known".formatted(name));
    require(
        key.use().stream().anyMatch(u -> u.role() == role.orElseThrow()),
        "role '%s': its uses do not name the role itself".formatted(name));
    requireIssuer("role '" + name + "'", key.issuer(), key.years());
    boolean firmware = key.use().contains(Use.UEFI_DB) || key.use().contains(Use.KERNEL_MODULE);
    require(
        !firmware || key.key().label().startsWith("rsa-"),
        "role '%s': firmware and kernel take RSA only, found %s"
            .formatted(name, key.key().label()));
  }

  private void checkAdmitted(String name) {
    var key = roles.get(name);
    require(key != null, "secure-boot db: no role is named '%s'".formatted(name));
    require(
        key == null || key.use().contains(Use.UEFI_DB),
        "secure-boot db: role '%s' lacks the use uefi-db".formatted(name));
  }
}
