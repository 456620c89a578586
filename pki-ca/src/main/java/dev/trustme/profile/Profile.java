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
    Subject subject,
    Map<String, Authority> authorities,
    Map<String, RoleKey> roles,
    Enrolment enrolment,
    SecureBoot secureBoot) {
  public static final String SCHEMA = "trustme/profile/1";

  /** Names of the profiles that come with the program. */
  public static final List<String> SHIPPED = List.of("device");

  private static final int MAX_YEARS = 50;

  public Profile {
    require(schema.equals(SCHEMA), "expected schema %s, found %s".formatted(SCHEMA, schema));
    authorities = ordered(authorities);
    roles = ordered(roles);
    new ProfileRules(authorities, roles, enrolment, secureBoot).check();
  }

  /** What all subject names share: country (two letters) and organization. */
  public record Subject(String country, String organization) {
    public Subject {
      require(
          country.matches("[A-Z]{2}"),
          "country: expected two capitals, found %s".formatted(country));
      requireText("organization", organization);
    }
  }

  /** A certificate authority; without an issuer a root. */
  public record Authority(
      Optional<String> commonName,
      Optional<String> issuer,
      KeyType key,
      int years,
      Optional<Integer> pathLength) {
    public Authority {
      commonName.ifPresent(name -> requireText("common-name", name));
      requireYears(years);
      pathLength.ifPresent(length ->
          require(length >= 0 && length < 8, "path-length: 0 to 7, found %s".formatted(length)));
    }
  }

  /** A key that signs for one role, and perhaps for further uses. */
  public record RoleKey(String issuer, KeyType key, int years, List<Use> use) {
    public RoleKey {
      requireYears(years);
      use = List.copyOf(use);
      require(!use.isEmpty() && use.stream().distinct().count() == use.size(), "use: each once");
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
          key.label().startsWith("rsa-"),
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

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  private static void requireYears(int years) {
    require(
        years >= 1 && years <= MAX_YEARS, "years: 1 to %s, found %s".formatted(MAX_YEARS, years));
  }

  /** Printable, short, and not a name in disguise: control characters and NUL have no place. */
  private static void requireText(String what, String text) {
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
