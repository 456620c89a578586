// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.trust.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What a role's key is used for: which extended key usages its certificate gets. */
public enum Use {
  /** EFI programs, through firmware's db: codeSigning, as sbverify wants, and the boot role. */
  UEFI_DB(Role.BOOT, true),
  /** Kernel modules. */
  KERNEL_MODULE(Role.MODULE, true),
  LAYER(Role.LAYER, false),
  CONTAINER(Role.CONTAINER, false),
  RELEASE(Role.RELEASE, false),
  ENROLMENT(Role.ENROLMENT, false);

  private final Role role;
  private final boolean codeSigning;

  Use(Role role, boolean codeSigning) {
    this.role = role;
    this.codeSigning = codeSigning;
  }

  public Role role() {
    return role;
  }

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @JsonCreator
  static Use byLabel(String label) {
    return Arrays.stream(values())
        .filter(u -> u.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown use '%s'; known: %s"
                    .formatted(
                        label,
                        Arrays.stream(values())
                            .map(Use::label)
                            .collect(Collectors.joining(", ")))));
  }

  /** The extended key usages of a certificate with these uses, each once, codeSigning first. */
  public static List<KeyPurposeId> purposes(List<Use> uses) {
    Stream<KeyPurposeId> first =
        uses.stream().anyMatch(u -> u.codeSigning)
            ? Stream.of(KeyPurposeId.id_kp_codeSigning)
            : Stream.empty();
    return Stream.concat(
            first, uses.stream().map(u -> KeyPurposeId.getInstance(u.role.usage())).distinct())
        .toList();
  }
}
