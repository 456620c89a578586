// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What gets signed, the role that it takes, and whether a customer's scoped keys may sign it at
 * all; the rest is the vendor's alone. docs/roles.md is the table of what is accepted.
 */
public enum ArtifactKind {
  /** Boot loaders and boot images: Authenticode. */
  EFI_PROGRAM(Role.BOOT, false),
  /** Kernel modules. */
  KERNEL_MODULE(Role.MODULE, false),
  /** The root hash of the virtualization layer. */
  LAYER(Role.LAYER, false),
  /** Firmware files: IMA signatures. */
  FIRMWARE_FILE(Role.FIRMWARE, false),
  /** Container manifests. */
  CONTAINER_MANIFEST(Role.CONTAINER, true),
  /** Configurations of guest systems. */
  GUEST_CONFIGURATION(Role.GUEST_OS, true),
  /** Release manifests. */
  RELEASE_MANIFEST(Role.RELEASE, false),
  /** Records of enrolled devices. */
  ENROLMENT_RECORD(Role.ENROLMENT, true),
  /** Policies for sealed secrets. */
  PCR_POLICY(Role.PCR_POLICY, false),
  /** Checkpoints of the signing log, and transcripts of ceremonies. */
  LOG_CHECKPOINT(Role.LOG, false);

  private final Role role;
  private final boolean customers;

  ArtifactKind(Role role, boolean customers) {
    this.role = role;
    this.customers = customers;
  }

  /** The only role whose keys may sign it. */
  public Role role() {
    return role;
  }

  /** Whether a customer's keys may sign it for that customer. */
  public boolean customers() {
    return customers;
  }

  /** The name in tables: {@code container-manifest}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind with this {@link #label}. */
  public static Optional<ArtifactKind> byLabel(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst();
  }

  /** What a signer has to satisfy; empty where no customer may sign, whoever it is. */
  public Optional<PathPolicy> policy(Optional<String> customer) {
    var policy = PathPolicy.of(role);
    return customer.isEmpty()
        ? Optional.of(policy)
        : customer.filter(c -> customers).map(policy::ofCustomer);
  }
}
