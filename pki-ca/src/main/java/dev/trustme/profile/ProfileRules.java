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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold between the parts of a profile. */
record ProfileRules(
    Map<String, Authority> authorities,
    Map<String, RoleKey> roles,
    Map<String, Template> templates,
    Optional<Enrolment> enrolment,
    Optional<SecureBoot> secureBoot) {
  private static final String NAME = "[a-z][a-z0-9-]{0,39}";
  private static final String NAME_RULE = "expected a name of lower-case letters, digits and '-'";

  void check() {
    require(!authorities.isEmpty(), "authorities: a PKI has at least one");
    authorities.keySet().forEach(this::requireName);
    authorities.forEach((name, authority) ->
        authority
            .issuer()
            .ifPresent(i -> requireIssuer("authority '" + name + "'", i, authority.years())));
    authorities.keySet().forEach(this::requireNoCircle);
    authorities.forEach(this::requirePathLength);
    authorities.forEach(this::checkAuthority);
    roles.forEach(this::checkRole);
    templates.forEach(this::checkTemplate);
    enrolment.ifPresent(e -> {
      requireIssuer("enrolment", e.issuer(), e.years());
      requireAllowed("enrolment", e.issuer(), List.of(Use.ATTESTATION_KEY));
    });
    secureBoot.ifPresent(s -> s.db().forEach(this::checkAdmitted));
  }

  private void requireName(String name) {
    require(
        name.matches(NAME) && !roles.containsKey(name),
        "authority '%s': %s, which no role has".formatted(name, NAME_RULE));
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

  private void checkAuthority(String name, Authority authority) {
    String what = "authority '" + name + "'";
    authority
        .revocation()
        .flatMap(RevocationPlan::ocspYears)
        .ifPresent(years ->
            require(years <= authority.years(), what + ": its OCSP responder would outlive it"));
    authority
        .issuer()
        .ifPresent(issuer -> {
          authority.issues().ifPresent(uses -> requireAllowed(what, issuer, uses));
          authority
              .scope()
              .ifPresent(own ->
                  above(issuer)
                      .flatMap(a -> a.scope().stream())
                      .forEach(outer -> requireNested(what, own, outer)));
        });
  }

  private static void requireNested(String what, CustomerScope own, CustomerScope outer) {
    require(
        own.customer().equals(outer.customer()) && outer.roles().containsAll(own.roles()),
        "%s: its scope is not within the scope of customer '%s' above it"
            .formatted(what, outer.customer()));
  }

  private void checkRole(String name, RoleKey key) {
    var role = Role.byLabel(name);
    String what = "role '" + name + "'";
    require(role.isPresent(), what + ": is not known");
    require(
        key.use().stream().anyMatch(u -> u.role() == role.orElseThrow()),
        what + ": its uses do not name the role itself");
    requireIssuer(what, key.issuer(), key.years());
    requireAllowed(what, key.issuer(), key.use());
    boolean firmware = key.use().contains(Use.UEFI_DB) || key.use().contains(Use.KERNEL_MODULE);
    require(
        !firmware || key.key().label().matches("rsa-[0-9]+"),
        "%s: firmware and kernel take RSA only, found %s".formatted(what, key.key().label()));
  }

  private void checkTemplate(String name, Template template) {
    String what = "template '" + name + "'";
    require(name.matches(NAME), what + ": " + NAME_RULE);
    requireIssuer(what, template.issuer(), template.years());
    requireAllowed(what, template.issuer(), template.use());
  }

  /** What the issuer and all above it may certify, by their uses and their scope. */
  private void requireAllowed(String what, String issuer, List<Use> uses) {
    above(issuer)
        .forEach(authority -> {
          authority
              .issues()
              .ifPresent(allowed ->
                  require(
                      allowed.containsAll(uses),
                      "%s: an authority above it issues %s only"
                          .formatted(what, allowed.stream().map(Use::label).toList())));
          authority
              .scope()
              .ifPresent(scope ->
                  require(
                      uses.stream().allMatch(u -> scope.roles().contains(u.role().label())),
                      "%s: is outside the scope of customer '%s', which is %s"
                          .formatted(what, scope.customer(), scope.roles())));
        });
  }

  /** The authority of this name and its issuers, up to the root. */
  private Stream<Authority> above(String name) {
    return Stream.iterate(
        requireNonNull(authorities.get(name)),
        Objects::nonNull,
        a -> a.issuer().map(authorities::get).orElse(null));
  }

  private void checkAdmitted(String name) {
    var key = roles.get(name);
    require(key != null, "secure-boot db: no role is named '%s'".formatted(name));
    require(
        key == null || key.use().contains(Use.UEFI_DB),
        "secure-boot db: role '%s' lacks the use uefi-db".formatted(name));
  }
}
