// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.key.Labels;
import dev.trustme.trust.Role;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What a role's key is used for: which extended key usages its certificate gets. */
public enum Use {
  /** EFI programs, through firmware's db: codeSigning, as sbverify wants, and the boot role. */
  UEFI_DB(Role.BOOT, KeyPurposeId.id_kp_codeSigning),
  /** Kernel modules. */
  KERNEL_MODULE(Role.MODULE, KeyPurposeId.id_kp_codeSigning),
  FIRMWARE(Role.FIRMWARE),
  LAYER(Role.LAYER),
  CONTAINER(Role.CONTAINER),
  GUEST_OS(Role.GUEST_OS),
  RELEASE(Role.RELEASE),
  PCR_POLICY(Role.PCR_POLICY),
  ENROLMENT(Role.ENROLMENT),
  ATTESTATION_KEY(Role.ATTESTATION_KEY),
  LOG(Role.LOG),
  DEVICE(Role.DEVICE, KeyPurposeId.id_kp_clientAuth),
  BACKEND(Role.BACKEND, KeyPurposeId.id_kp_serverAuth),
  USER(Role.USER, KeyPurposeId.id_kp_clientAuth),
  OCSP(Role.OCSP);

  /**
   * What marks a key for kernel modules alone: shim takes no boot image that such a key of its
   * MokList signed. Linux, certs/default_x509.genkey.
   */
  private static final String MODULE_SIGNING_ONLY = "1.3.6.1.4.1.2312.16.1.2";

  private final Role role;
  private final Optional<String> common;

  Use(Role role) {
    this.role = role;
    this.common = Optional.empty();
  }

  /** {@code common} is the usage that other programs look for. */
  Use(Role role, KeyPurposeId common) {
    this.role = role;
    this.common = Optional.of(common.getId());
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
    return Labels.byLabel("use", values(), Use::label, label);
  }

  /** The extended key usages of a certificate with these uses, each once, common ones first. */
  public static List<KeyPurposeId> purposes(Collection<Use> uses) {
    Stream<String> modulesOnly =
        uses.contains(KERNEL_MODULE) && !uses.contains(UEFI_DB)
            ? Stream.of(MODULE_SIGNING_ONLY)
            : Stream.empty();
    return Stream.of(
            uses.stream().flatMap(u -> u.common.stream()),
            modulesOnly,
            uses.stream().map(u -> u.role.usage().getId()))
        .flatMap(Function.identity())
        .distinct()
        .map(oid -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid)))
        .toList();
  }
}
