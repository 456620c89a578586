// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.key.KeyType;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A PKI as a file, {@code trustme/profile/1}: strict YAML, so an unknown or repeated key is an
 * error with its line. A profile that exists can be issued: issuers exist, are issued themselves
 * without a circle, outlive what they issue, and may issue it.
 */
public record Profile(
    String schema,
    Optional<String> about,
    Subject subject,
    Map<String, Authority> authorities,
    Map<String, RoleKey> roles,
    Optional<Map<String, Template>> templates,
    Optional<Enrolment> enrolment,
    Optional<SecureBoot> secureBoot) {
  public static final String SCHEMA = "trustme/profile/1";

  /** Names of the profiles that come with the program. */
  public static final List<String> SHIPPED = List.of("device", "gyroidos", "ci", "post-quantum");

  private static final int MAX_YEARS = 50;

  public Profile {
    require(schema.equals(SCHEMA), "expected schema %s, found %s".formatted(SCHEMA, schema));
    authorities = ordered(authorities);
    roles = ordered(roles);
    templates = templates.map(Profile::ordered);
    new ProfileRules(authorities, roles, templates.orElse(Map.of()), enrolment, secureBoot).check();
  }

  /** What all subject names share: country (two letters), organization, perhaps a unit of it. */
  public record Subject(String country, String organization, Optional<String> organizationalUnit) {
    public Subject {
      require(
          country.matches("[A-Z]{2}"),
          "country: expected two capitals, found %s".formatted(country));
      requireText("organization", organization);
      organizationalUnit.ifPresent(unit -> requireText("organizational-unit", unit));
    }
  }

  /**
   * A certificate authority; without an issuer a root.
   *
   * @param issues if given, the only roles that it may certify, also through authorities below it
   * @param locations for the certificates that it issues
   */
  public record Authority(
      Optional<String> commonName,
      Optional<String> issuer,
      KeyType key,
      int years,
      Optional<Integer> pathLength,
      Optional<CustomerScope> scope,
      Optional<List<Use>> issues,
      Optional<List<String>> policies,
      Optional<Locations> locations,
      Optional<RevocationPlan> revocation) {
    public Authority {
      commonName.ifPresent(name -> requireText("common-name", name));
      requireYears(years);
      pathLength.ifPresent(length ->
          require(length >= 0 && length < 8, "path-length: 0 to 7, found %s".formatted(length)));
      issues = issues.map(uses -> each("issues", uses));
      policies = Profile.policies(policies);
    }

    public RevocationPlan revocationPlan() {
      return revocation.orElse(RevocationPlan.DEFAULT);
    }
  }

  /** A key that signs for one role, and perhaps for further uses. */
  public record RoleKey(
      Optional<String> commonName,
      String issuer,
      KeyType key,
      int years,
      List<Use> use,
      Optional<List<UsageBit>> keyUsage,
      Optional<List<String>> extendedKeyUsage,
      Optional<List<String>> policies) {
    public RoleKey {
      commonName.ifPresent(name -> requireText("common-name", name));
      requireYears(years);
      use = each("use", use);
      keyUsage = signing(keyUsage);
      extendedKeyUsage.ifPresent(oids -> oids.forEach(o -> requireOid("extended-key-usage", o)));
      extendedKeyUsage = extendedKeyUsage.map(List::copyOf);
      policies = Profile.policies(policies);
    }
  }

  /** Which authority certifies attestation keys, and for how many years. */
  public record Enrolment(String issuer, int years) {
    public Enrolment {
      requireYears(years);
    }
  }

  /** UEFI Secure Boot's keys. {@code owner} is the SignatureOwner GUID; made where absent. */
  public record SecureBoot(Optional<UUID> owner, PlatformKey pk, PlatformKey kek, List<String> db) {
    public SecureBoot {
      db = List.copyOf(db);
      require(!db.isEmpty(), "db: admits at least one role");
    }
  }

  /** A self-signed key of the platform; firmware takes RSA only. */
  public record PlatformKey(KeyType key, int years) {
    public PlatformKey {
      requireYears(years);
      require(
          key.label().matches("rsa-[0-9]+"),
          "key: firmware takes RSA only, found %s".formatted(key.label()));
    }
  }

  public static Profile parse(Bytes yaml) throws FormatException {
    return Json.readYaml(yaml, Profile.class, "profile");
  }

  /** The text of a shipped profile, or empty where there is none of that name. */
  public static Optional<Bytes> shipped(String name) {
    if (!SHIPPED.contains(name)) {
      return Optional.empty();
    }
    try (var in = Profile.class.getResourceAsStream(name + ".yaml")) {
      if (in == null) {
        throw new IllegalStateException("profile " + name + " is missing from the program");
      }
      return Optional.of(Bytes.copyOf(in.readAllBytes()));
    } catch (IOException e) {
      throw new IllegalStateException("reading from the program's own jar", e);
    }
  }

  /** The role key of this role. */
  public Optional<RoleKey> role(Role role) {
    return Optional.ofNullable(roles.get(role.label()));
  }

  /** The template of this name. */
  public Optional<Template> template(String name) {
    return Optional.ofNullable(templates.orElse(Map.of()).get(name));
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  static void requireYears(int years) {
    require(
        years >= 1 && years <= MAX_YEARS, "years: 1 to %s, found %s".formatted(MAX_YEARS, years));
  }

  /** At least one, none twice. */
  static <T> List<T> each(String what, List<T> values) {
    require(
        !values.isEmpty() && values.stream().distinct().count() == values.size(),
        what + ": at least one, and each once");
    return List.copyOf(values);
  }

  /** Key usages of a key that signs. */
  static Optional<List<UsageBit>> signing(Optional<List<UsageBit>> usages) {
    usages.ifPresent(list ->
        require(list.contains(UsageBit.DIGITAL_SIGNATURE), "key-usage: names digital-signature"));
    return usages.map(list -> each("key-usage", list));
  }

  static Optional<List<String>> policies(Optional<List<String>> policies) {
    policies.ifPresent(oids -> oids.forEach(o -> requireOid("policies", o)));
    return policies.map(oids -> each("policies", oids));
  }

  private static void requireOid(String what, String oid) {
    require(
        oid.matches("[0-2](\\.(0|[1-9][0-9]{0,39})){2,20}"),
        "%s: expected an object identifier like 1.3.6.1.4.1, found %s".formatted(what, oid));
  }

  /** Printable, short, and not a name in disguise: control characters and NUL have no place. */
  static void requireText(String what, String text) {
    require(
        !text.isBlank() && text.length() <= 64 && text.chars().noneMatch(Character::isISOControl),
        "%s: expected 1 to 64 printable characters".formatted(what));
  }

  static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
