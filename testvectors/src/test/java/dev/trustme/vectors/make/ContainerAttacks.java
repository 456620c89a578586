// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelRecord;
import dev.trustme.cel.ContainerEvent;
import dev.trustme.cel.ContainerLog;
import dev.trustme.release.ContainerEntry;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.Scope;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;

/** Containers that the release does not ship, and logs of containers that do not hold. */
final class ContainerAttacks {
  private static final String RULE = "  containers: {pcr: 13, content: verity, floors: {web: 9}}\n";
  private static final ContainerEntry WEB = entry("web", 9);
  private static final ContainerEntry DATABASE = entry("database", 4);
  private static final String MANIFEST =
      """
      {"schema":"trustme/container/1","name":"acme-app","version":3,"platform":"linux/amd64",\
      "image":{"media-type":"application/vnd.trustme.image.squashfs.verity","size":16384,\
      "sha256":"sha256:%1$s","verity":{"root-hash":"sha256:%1$s","salt":"qrs=","data-blocks":2,\
      "hash-start":3}},"launch":{"args":["/bin/app"],"env":[],"cwd":"/",\
      "user":{"uid":1000,"gid":1000},"capabilities":[],"mounts":[],"network":"none",\
      "limits":{"memory":67108864,"pids":64}},"not-after":"2030-01-01T00:00:00Z",\
      "requires":{"content":"verity"}}\
      """
          .formatted("11".repeat(32));

  private final AttackVectors all;
  private final String policy = policy("");
  private final SoftEvidence device;
  private final Vector good;

  ContainerAttacks(AttackVectors all) throws IOException, FormatException {
    this.all = all;
    device =
        all.device.with(
            e -> e.containers = Optional.of(log(start(WEB, 0), start(DATABASE, 1), start(WEB, 2))));
    good =
        all.maker.acceptFiles(
            all.good,
            "good-containers",
            "three starts of two containers of the release",
            Map.of(
                "policy",
                Bytes.utf8(policy),
                "evidence",
                device.evidence(),
                "release",
                device.release(List.of(WEB, DATABASE), "direct-uki", 4, 7, 9, 11, 12)));
  }

  private static String policy(String trust) {
    return AttackVectors.POLICY
        .replace("  revocation: required\n", "  revocation: required\n" + trust)
        .replace("  option-roms: none\n", "  option-roms: none\n" + RULE);
  }

  private static Digest digest(String text) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(text));
  }

  private static ContainerEntry entry(String name, long version) {
    String id = name + " " + version;
    return new ContainerEntry(
        name,
        version,
        digest(id + " manifest"),
        digest(id + " image"),
        digest(id + " launch"),
        SoftEvidence.CONTAINERS);
  }

  private static ContainerEntry into(ContainerEntry entry, int pcr) {
    return new ContainerEntry(
        entry.name(), entry.version(), entry.manifest(), entry.rootHash(), entry.launch(), pcr);
  }

  private static ContainerEvent start(ContainerEntry entry, long sequence) {
    return event(entry.manifest(), entry.rootHash(), entry.launch(), "verity", sequence);
  }

  private static ContainerEvent event(
      Digest manifest, Digest rootHash, Digest launch, String content, long sequence) {
    return new ContainerEvent(
        manifest, rootHash, launch, content, ContainerEvent.NO_LABEL, Optional.empty(), sequence);
  }

  private static ContainerLog log(ContainerEvent... events) {
    var log = ContainerLog.empty();
    for (ContainerEvent event : events) {
      log = log.with(record(log, SoftEvidence.CONTAINERS, event));
    }
    return log;
  }

  private static CelRecord record(ContainerLog log, int pcr, ContainerEvent event) {
    var banks = Set.of(HashAlgorithm.SHA1, SoftEvidence.BANK);
    return CelRecord.of(log.records().size(), pcr, event, banks);
  }

  void make() throws IOException, FormatException {
    logs();
    sequences();
    containers();
    customers();
  }

  private void measured(String id, String comment, ContainerLog log, String check)
      throws IOException, FormatException {
    all.maker.reject(
        good,
        id,
        comment,
        "evidence",
        device.with(e -> e.containers = Optional.of(log)).evidence(),
        check);
  }

  private void shown(String id, String comment, Bytes log, String check)
      throws IOException, FormatException {
    all.maker.reject(
        good,
        id,
        comment,
        "evidence",
        device.with(e -> e.shownContainers = Optional.of(log)).evidence(),
        check);
  }

  private void logs() throws IOException, FormatException {
    shown(
        "c01a-start-not-measured",
        "the log shows a start that was not measured",
        log(start(WEB, 0), start(DATABASE, 1), start(WEB, 2), start(DATABASE, 3)).encode(),
        "container-log");
    shown(
        "c01b-start-not-logged",
        "the log hides a start that was measured",
        log(start(WEB, 0), start(DATABASE, 1)).encode(),
        "container-log");
    all.maker.reject(
        good,
        "c01c-no-log",
        "no container log",
        "evidence",
        device.with(e -> e.containers = Optional.empty()).evidence(),
        "container-log");
    measured(
        "c01d-other-pcr",
        "the records are of PCR 12",
        ContainerLog.empty().with(record(ContainerLog.empty(), 12, start(WEB, 0))),
        "container-log");
    String text = log(start(WEB, 0)).encode().utf8();
    shown(
        "c05-other-record",
        "a record that is of no container",
        Bytes.utf8(text.replace("trustme-container", "separator")),
        "CEL record: ");
    shown(
        "c01e-log-cut",
        "the last line has no end",
        Bytes.utf8(text.substring(0, text.length() - 1)),
        "container log: ");
  }

  private void sequences() throws IOException, FormatException {
    measured(
        "c02a-start-repeated",
        "a start is there twice",
        log(start(WEB, 0), start(DATABASE, 1), start(DATABASE, 1)),
        "container-sequence");
    measured(
        "c02b-starts-swapped",
        "the third start comes second",
        log(start(WEB, 0), start(WEB, 2), start(DATABASE, 1)),
        "container-sequence");
    measured(
        "c02c-start-missing",
        "the first start is not there",
        log(start(DATABASE, 1), start(WEB, 2)),
        "container-sequence");
  }

  private void containers() throws IOException, FormatException {
    Digest other = digest("other");
    measured(
        "c03a-other-image",
        "the manifest of the release with another image",
        log(event(WEB.manifest(), other, WEB.launch(), "verity", 0)),
        "container-known");
    measured(
        "c03b-other-manifest",
        "the image of the release with another manifest",
        log(event(other, WEB.rootHash(), WEB.launch(), "verity", 0)),
        "container-known");
    measured(
        "c04-other-launch",
        "manifest and image of the release, started with other arguments",
        log(event(WEB.manifest(), WEB.rootHash(), other, "verity", 0)),
        "container-known");
    measured(
        "c03c-image-of-another",
        "the manifest of one container with the image of the other",
        log(event(WEB.manifest(), DATABASE.rootHash(), WEB.launch(), "verity", 0)),
        "container-known");
    measured(
        "c07-content-not-guarded",
        "the image was verified at the start only",
        log(event(WEB.manifest(), WEB.rootHash(), WEB.launch(), "verified-at-start", 0)),
        "container-content");
    all.maker.reject(
        good,
        "c03d-release-of-other-pcr",
        "the release has these containers measured into PCR 14",
        "release",
        device.release(List.of(into(WEB, 14), into(DATABASE, 14)), "direct-uki", 4, 7, 9, 11, 12),
        "container-known");
    all.maker.reject(
        good,
        "c06-container-old",
        "the policy asks for web 10",
        "policy",
        Bytes.utf8(policy.replace("web: 9", "web: 10")),
        "container-floor");
  }

  private void customers() throws IOException, FormatException {
    var root =
        SeededPki.root(
            Plan.authority("Vector Customer Root", 41)
                .with(Extension.basicConstraints, true, new BasicConstraints(1)));
    var manifest = ContainerManifest.parse(Bytes.utf8(MANIFEST));
    var started =
        event(
            manifest.digest(),
            manifest.image().verity().rootHash(),
            manifest.launch().digest(),
            "verity",
            1);
    Bytes evidence =
        device.with(e -> e.containers = Optional.of(log(start(WEB, 0), started))).evidence();
    all.maker.reject(
        good,
        "c08a-container-of-nobody",
        "a container of no release",
        "evidence",
        evidence,
        "container-known");
    String customers =
        policy("  customers: {acme: {roots: [customer.pem]}}\n")
            .replace("  revocation: required\n", "");
    var files = new TreeMap<>(good.files());
    all.maker
        .file("customer.pem", AttackVectors.pem(root))
        .file("customer.json", signed(manifest, root, "acme"))
        .file("customer.yaml", Bytes.utf8(customers))
        .file("customer-evidence.json", evidence);
    files.put("customer-root", "customer.pem");
    files.put("manifest", "customer.json");
    files.put("policy", "customer.yaml");
    files.put("evidence", "customer-evidence.json");
    for (String list : List.of("crl", "maker-crl", "enrolment-crl")) {
      files.remove(list);
    }
    var context = new TreeMap<>(good.context());
    context.put("customer", "acme");
    var customer =
        all.maker.accept(
            "good-customer", "a customer's container beside the release's", files, context);
    all.maker.reject(
        customer,
        "c08b-container-of-other-customer",
        "another customer signed the manifest",
        "manifest",
        signed(manifest, root, "evil"),
        "container-known");
  }

  /** The manifest by a signer below this customer's authority. */
  private static Bytes signed(ContainerManifest manifest, Identity root, String customer) {
    var authority =
        SeededPki.issue(
            root,
            Plan.authority("Vector Customer " + customer, 42)
                .with(new Scope(customer, Set.of(Role.CONTAINER)).extension()));
    var signer = SeededPki.issue(authority, Plan.leaf("Vector Container", 43, Role.CONTAINER));
    var envelope = SoftKeys.signed(DsseEnvelope.CONTAINER, manifest.encode(), signer);
    var signature = envelope.signatures().getFirst();
    var chain =
        List.of(Certificates.der(signer.certificate()), Certificates.der(authority.certificate()));
    return new DsseEnvelope(
            envelope.payloadType(),
            envelope.payload(),
            List.of(new DsseEnvelope.Signature(Optional.empty(), signature.sig(), chain)))
        .encode();
  }
}
