// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import dev.trustme.trust.Role;
import java.util.List;
import java.util.Optional;

/**
 * Whom an authority belongs to and what may be signed below it. What it issues bears the customer's
 * subject, which a name constraint enforces (RFC 5280, 4.2.1.10), and its certificate carries the
 * scope, which every verifier of the suite does.
 *
 * @param customer the name that a policy expects
 * @param roles all that may be signed below the authority
 * @param subject country and organization of everything below
 */
public record CustomerScope(
    String customer, List<String> roles, Optional<Profile.Subject> subject) {
  public CustomerScope {
    roles = List.copyOf(roles);
    Profile.requireText("scope customer", customer);
    Profile.require(!roles.isEmpty(), "scope: names at least one role");
    for (String role : roles) {
      Profile.require(Role.byLabel(role).isPresent(), "scope: unknown role '" + role + "'");
    }
  }
}
