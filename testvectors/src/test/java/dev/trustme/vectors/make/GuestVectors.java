// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.GuestConfiguration;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.KeyType;
import dev.trustme.sign.GuestSigner;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Configurations of guests with their signatures and chains. */
final class GuestVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String TEXT = "text format: ";
  private static final String CONF =
      """
      name: "vector"
      hardware: "x86"
      version: 20261123
      mounts {
        image_file: "root"
        mount_point: "/"
        fs_type: "squashfs"
        mount_type: SHARED_RW
        image_size: 4096
        image_sha1: "1ceaf73df40e531df3bfb26b4fb7cd95fb7bff1d"
        image_sha2_256: "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7"
      }
      description {
        en: "a vector"
      }
      """;

  private final FamilyMaker family;
  private final Identity root = TestPki.root(Shape.ca("Vector Guests", 1));
  private final Identity signer =
      TestPki.issue(root, Shape.leaf("Vector Guest", Role.GUEST_OS), KeyType.RSA_2048);
  private final Identity pss =
      TestPki.issue(root, Shape.leaf("Vector Guest PSS", Role.GUEST_OS), KeyType.RSA_PSS_2048);
  private final Identity elliptic = TestPki.issue(root, Shape.leaf("Vector P-256", Role.GUEST_OS));

  GuestVectors(Path folder) throws IOException {
    family = new FamilyMaker(folder, "guestos", OURS);
  }

  void make() throws IOException, FormatException {
    family.file("roots.pem", pem(root)).file("good.conf", Bytes.utf8(CONF));
    var good = accept("good", "a plain RSA key: PKCS#1 v1.5", signer);
    family.otherFile(
        good,
        "other-key",
        "an EC certificate, whose signatures no device reads",
        "cert",
        pem(elliptic),
        "guest-key");
    changed(good, "value", "another version", "20261123", "20261124", "guest-signature");
    texts(good);
    var other = accept("good-pss", "an id-RSASSA-PSS key: PSS, salt 64", pss);
    changed(other, "pss-value", "another name", "\"vector\"", "\"victor\"", "guest-signature-pss");
    family.write();
  }

  private static Bytes pem(Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  private static Bytes sign(Identity identity, String text) throws FormatException {
    var key = new RoleKey(identity.key(), List.of(identity.certificate()));
    return new GuestSigner(key).sign(GuestConfiguration.parse(Bytes.utf8(text)), true);
  }

  private Vector accept(String id, String comment, Identity by)
      throws IOException, FormatException {
    family.file(id + ".sig", sign(by, CONF)).file(id + ".cert", pem(by));
    return family.accept(
        id,
        comment,
        Map.of("conf", "good.conf", "sig", id + ".sig", "cert", id + ".cert", "roots", "roots.pem"),
        Map.of("at", "2026-11-23T12:00:00Z"));
  }

  private void changed(
      Vector twin, String id, String comment, String from, String to, String reason)
      throws IOException {
    if (!CONF.contains(from)) {
      throw new IllegalStateException(from);
    }
    family.otherFile(twin, id, comment, "conf", Bytes.utf8(CONF.replace(from, to)), reason);
  }

  private void texts(Vector good) throws IOException {
    changed(
        good,
        "unknown-field",
        "a field that the schema does not have",
        "hardware:",
        "software:",
        TEXT + "GuestOSConfig has no field 'software'");
    changed(
        good,
        "field-twice",
        "the version twice: readers differ about which counts",
        "version: 20261123\n",
        "version: 20261123\nversion: 1\n",
        TEXT + "field 'version' comes twice");
    changed(
        good,
        "field-missing",
        "no file system type",
        "  fs_type: \"squashfs\"\n",
        "",
        TEXT + "GuestOSMount lacks the field 'fs_type'");
    changed(
        good,
        "number-too-large",
        "an image size of 2^64",
        "image_size: 4096",
        "image_size: 18446744073709551616",
        TEXT + "number 18446744073709551616 is out of range");
    changed(
        good,
        "number-octal",
        "a number that some read as octal",
        "image_size: 4096",
        "image_size: 010000",
        TEXT + "expected a decimal number of 64 bits, found 010000");
    changed(
        good,
        "nul",
        "NUL in a path: readers in C stop there",
        "\"/\"",
        "\"/\\000x\"",
        TEXT + "a string that is not UTF-8, or holds NUL");
    changed(
        good,
        "strings-joined",
        "two strings for one value",
        "\"x86\"",
        "\"x\" \"86\"",
        TEXT + "two strings for one value");
    changed(
        good,
        "message-open",
        "the last message does not end",
        "a vector\"\n}\n",
        "a vector\"\n",
        TEXT + "expected '}', found the end");
    changed(
        good,
        "image-path",
        "an image outside the guest's folder",
        "\"root\"",
        "\"../root\"",
        "GuestOSConfig: image_file '../root' is no file name");
  }
}
