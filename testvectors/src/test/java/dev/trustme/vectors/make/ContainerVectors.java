// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.DsseSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Signed container manifests: each negative is signed too, and says one thing that none may say.
 */
final class ContainerVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";

  private static final String PLAIN =
      "{\"schema\":\"trustme/container/1\",\"name\":\"web\",\"version\":7,"
          + "\"platform\":\"linux/amd64\",\"image\":{\"media-type\":"
          + "\"application/vnd.trustme.image.squashfs.verity\",\"size\":16384,\"sha256\":\"sha256:"
          + "00".repeat(32)
          + "\",\"verity\":{\"root-hash\":\"sha256:"
          + "11".repeat(32)
          + "\",\"salt\":\"qrs=\",\"data-blocks\":2,\"hash-start\":3}},"
          + "\"launch\":{\"args\":[\"/bin/web\",\"-v\"],\"env\":[\"A=b=c\"],\"cwd\":\"/\","
          + "\"user\":{\"uid\":1000,\"gid\":1000},\"capabilities\":[\"CAP_CHOWN\"],\"mounts\":["
          + "{\"type\":\"volume\",\"target\":\"/data\",\"size\":1048576,\"name\":\"data\"}],"
          + "\"network\":\"interface:eth1\",\"limits\":{\"memory\":67108864,\"pids\":64},"
          + "\"isolation\":{\"devices\":[{\"path\":\"/dev/ttyS1\",\"access\":\"rw\"}],"
          + "\"usb\":[{\"vendor\":\"1050\",\"product\":\"0407\",\"serial\":\"7\"}],"
          + "\"namespaces\":[\"pid\",\"mount\",\"user\"],"
          + "\"selinux\":\"system_u:system_r:web_t:s0\",\"cpu\":500}},"
          + "\"second-factor\":\"token-and-pin\","
          + "\"targets\":{\"devices\":[\"7c673ee7-c41c-431a-89ad-11590e357214\"],"
          + "\"groups\":[\"gateways\"]},"
          + "\"not-after\":\"2030-01-01T00:00:00Z\",\"requires\":{\"content\":\"verity\"}}";

  private final FamilyMaker family;
  private final DsseSigner signer;
  private final Vector good;

  ContainerVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "container", OURS);
    Identity anchor = TestPki.root(Shape.ca("Container Root", 0));
    Identity leaf = TestPki.issue(anchor, Shape.leaf("container", Role.CONTAINER));
    signer = new DsseSigner(leaf.key(), List.of(leaf.certificate()));
    family
        .file("roots.pem", Bytes.utf8(Certificates.pem(List.of(anchor.certificate()))))
        .file("good.json", envelope(PLAIN));
    good =
        family.accept(
            "good",
            "a manifest that says everything that one can say",
            Map.of("envelope", "good.json", "roots", "roots.pem"),
            Map.of("at", "2026-11-22T12:00:00Z"));
  }

  private Bytes envelope(String payload) {
    return signer.sign(DsseEnvelope.CONTAINER, Bytes.utf8(payload)).encode();
  }

  void make() throws IOException {
    family.otherContext(
        good, "past-its-end", "judged after its end", "at", "2030-01-01T00:00:01Z", "not-after");
    identity();
    launch();
    isolation();
    spelling();
    family.write();
  }

  private void refuse(String id, String comment, String from, String to) throws IOException {
    String changed = PLAIN.replace(from, to);
    if (changed.equals(PLAIN)) {
      throw new IllegalStateException(from);
    }
    family.otherFile(good, id, comment, "envelope", envelope(changed), reason(changed));
  }

  private static String reason(String payload) {
    try {
      throw new IllegalStateException("accepted: " + ContainerManifest.parse(Bytes.utf8(payload)));
    } catch (FormatException e) {
      return e.structure() + ": " + e.problem();
    }
  }

  private void identity() throws IOException {
    refuse("schema", "another schema", "container/1", "container/2");
    refuse("name-path", "a name that is a path", "\"web\"", "\"../web\"");
    refuse("version-zero", "version 0", "\"version\":7", "\"version\":0");
    refuse("version-missing", "no version", "\"version\":7,", "");
    refuse("platform", "an unknown platform", "linux/amd64", "linux/amd65");
    refuse("image-size", "an image that is no number of blocks", "16384", "16385");
    refuse("image-type", "an image of another kind", "squashfs.verity\"", "squashfs\"");
    refuse("root-hash-short", "a root hash of 31 bytes", "11".repeat(32), "11".repeat(31));
    refuse("hash-start", "a tree that begins in the data", "\"hash-start\":3", "\"hash-start\":2");
    refuse("second-factor", "an unknown second factor", "token-and-pin", "fingerprint");
    refuse(
        "targets-empty",
        "a list of no targets",
        "\"devices\":[\"7c673ee7-c41c-431a-89ad-11590e357214\"],\"groups\":[\"gateways\"]",
        "\"devices\":[],\"groups\":[]");
    refuse("target-upper-case", "a device's UUID in upper case", "7c673ee7-c41c", "7C673EE7-C41C");
    refuse("target-twice", "a group twice", "[\"gateways\"]", "[\"gateways\",\"gateways\"]");
  }

  private void launch() throws IOException {
    refuse("args-empty", "no program", "[\"/bin/web\",\"-v\"]", "[]");
    refuse("env-twice", "a variable twice", "\"A=b=c\"", "\"A=1\",\"A=2\"");
    refuse("cwd-climbs", "a working directory that climbs", "\"cwd\":\"/\"", "\"cwd\":\"/a/../b\"");
    refuse("capability", "a capability that is never granted", "CAP_CHOWN", "CAP_SYS_ADMIN");
    refuse("uid", "a user id below zero", "\"uid\":1000", "\"uid\":-1");
    refuse("mount-proc", "a mount over /proc", "\"/data\"", "\"/proc/x\"");
    refuse("volume-without-name", "a volume without a name", ",\"name\":\"data\"", "");
    refuse("network-host", "the host's network", "interface:eth1", "host");
    refuse(
        "interface-name", "an interface whose name is a path", "interface:eth1", "interface:../x");
    refuse("limits-memory", "less memory than a program needs", "67108864", "1");
    refuse("unknown-limit", "a limit that is not known", "\"pids\":64", "\"pids\":64,\"io\":1");
  }

  private void isolation() throws IOException {
    refuse("device-outside", "a device outside of /dev", "/dev/ttyS1", "/etc/passwd");
    refuse("device-climbs", "a device that climbs out of /dev", "/dev/ttyS1", "/dev/../x");
    refuse("device-memory", "the machine's memory as a device", "/dev/ttyS1", "/dev/mem");
    refuse("device-access", "a device with mknod", "\"rw\"", "\"rwm\"");
    refuse("usb-vendor", "a USB vendor of three digits", "\"1050\"", "\"105\"");
    refuse(
        "usb-serial",
        "a USB serial number with a line end",
        "\"serial\":\"7\"",
        "\"serial\":\"7\\n\"");
    refuse("namespaces-shared", "the host's user namespace", ",\"user\"]", "]");
    refuse("namespace-unknown", "an unknown namespace", "\"pid\",", "\"pid\",\"kernel\",");
    refuse("selinux-label", "an SELinux label of one part", "system_u:system_r:web_t:s0", "web_t");
    refuse("cpu-zero", "no share of the processors", "\"cpu\":500", "\"cpu\":0");
  }

  private void spelling() throws IOException {
    refuse(
        "unknown-key",
        "a key that is not known",
        "\"not-after\"",
        "\"privileged\":true,\"not-after\"");
    refuse("duplicate-key", "a key twice", "\"version\":7", "\"version\":7,\"version\":8");
    refuse(
        "content-mode",
        "an unknown content mode",
        "\"content\":\"verity\"",
        "\"content\":\"trust-me\"");
  }
}
