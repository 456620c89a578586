// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.RevocationList;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The certificates that a policy names, loaded.
 *
 * @param customers by their names, who signs their containers
 * @param revocation what is known of revoked certificates of devices, makers and the enrolment
 *     authority, and how much of it must be
 * @param files who signs files for the kernel's IMA
 */
public record TrustAnchors(
    TrustStore releases,
    TrustStore devices,
    Optional<TrustStore> enrolment,
    Optional<TrustStore> makers,
    Map<String, TrustStore> customers,
    Revocation revocation,
    Optional<FileSigners> files) {
  public TrustAnchors {
    customers = Map.copyOf(customers);
  }

  /** Without signers of files. */
  public TrustAnchors(
      TrustStore releases,
      TrustStore devices,
      Optional<TrustStore> enrolment,
      Optional<TrustStore> makers,
      Map<String, TrustStore> customers,
      Revocation revocation) {
    this(releases, devices, enrolment, makers, customers, revocation, Optional.empty());
  }

  public TrustAnchors with(FileSigners signers) {
    return new TrustAnchors(
        releases, devices, enrolment, makers, customers, revocation, Optional.of(signers));
  }

  /** Without enrolment records, and without asking for revocation. */
  public TrustAnchors(TrustStore releases, TrustStore devices) {
    this(releases, devices, Optional.empty(), Optional.empty(), Map.of(), Revocation.OFF);
  }

  /** Loads the policy's roots; their paths are relative to the folder of the policy. */
  public static TrustAnchors load(Policy policy, Path folder, List<RevocationList> lists)
      throws IOException, FormatException {
    var trust = policy.trust();
    return new TrustAnchors(
        store(folder, trust.releases().roots()),
        store(folder, trust.devices().roots()),
        store(folder, trust.enrolment()),
        trust.makers().isEmpty()
            ? Optional.empty()
            : Optional.of(store(folder, trust.makers().get().roots())),
        customers(folder, trust.customers().orElse(Map.of())),
        revocation(policy, lists),
        files(folder, trust.files()));
  }

  private static Optional<FileSigners> files(Path folder, Optional<Policy.Files> files)
      throws IOException, FormatException {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    var certificates = files.get().certificates();
    return Optional.of(
        new FileSigners(
            certificates.isPresent() ? store(folder, certificates.get()).anchors() : List.of(),
            store(folder, files.get().roots().map(Policy.Roots::new))));
  }

  private static Map<String, TrustStore> customers(Path folder, Map<String, Policy.Roots> roots)
      throws IOException, FormatException {
    Map<String, TrustStore> stores = new TreeMap<>();
    for (Map.Entry<String, Policy.Roots> customer : roots.entrySet()) {
      stores.put(customer.getKey(), store(folder, customer.getValue().roots()));
    }
    return stores;
  }

  /** Lists that are given count, whether the policy asks for them or not. */
  public static Revocation revocation(Policy policy, List<RevocationList> lists) {
    boolean required =
        policy.trust().revocation().filter(Policy.RevocationRule.REQUIRED::equals).isPresent();
    if (lists.isEmpty() && !required) {
      return Revocation.OFF;
    }
    var mode = required ? Revocation.Mode.REQUIRED : Revocation.Mode.IF_PRESENT;
    return Revocation.of(mode, lists, List.of());
  }

  /** The same, and lists older than these are refused. */
  public TrustAnchors withFloors(ListFloors floors) {
    return new TrustAnchors(
        releases,
        devices,
        enrolment,
        makers,
        customers,
        revocation.withFloors(floors.numbers()),
        files);
  }

  /** The roots whose lists count. */
  public List<X509CertificateHolder> issuers() {
    List<X509CertificateHolder> issuers = new ArrayList<>(devices.anchors());
    enrolment.ifPresent(store -> issuers.addAll(store.anchors()));
    makers.ifPresent(store -> issuers.addAll(store.anchors()));
    files.flatMap(FileSigners::roots).ifPresent(store -> issuers.addAll(store.anchors()));
    return issuers;
  }

  private static Optional<TrustStore> store(Path folder, Optional<Policy.Roots> roots)
      throws IOException, FormatException {
    return roots.isEmpty() ? Optional.empty() : Optional.of(store(folder, roots.get().roots()));
  }

  private static TrustStore store(Path folder, List<String> roots)
      throws IOException, FormatException {
    return TrustStore.load(roots.stream().map(folder::resolve).toList());
  }
}
