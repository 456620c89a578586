// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;

import dev.trustme.artifact.ImaFileSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.ImaSignature;
import dev.trustme.ima.KernelHash;
import dev.trustme.ima.TestImaLog;
import dev.trustme.ima.TestImaLog.Field;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;

/** Who signs files, and entries of files as a kernel logs them; a file's content is its name. */
final class FileKeys {
  static final String TOOL = "/usr/bin/tool";
  static final String SERVER = "/usr/bin/server";
  static final String LIBRARY = "/usr/lib/library.so";
  static final String SEALED = "/usr/lib/sealed.so";

  private static final String SHA256 = "sha256:";

  final Identity root = SeededPki.root(Plan.authority("Vector Files Root", 51));

  /** The policy names this one. */
  final Identity signer = SeededPki.issue(root, Plan.leaf("Vector Files", 52, Role.FIRMWARE));

  /** The log shows this one, and it leads to the root. */
  final Identity loaded = SeededPki.issue(root, Plan.leaf("Vector Loaded", 53, Role.FIRMWARE));

  /** Of the same root, for another purpose. */
  final Identity containers =
      SeededPki.issue(root, Plan.leaf("Vector Not Files", 54, Role.CONTAINER));

  final Identity stranger = SeededPki.root(Plan.leaf("Vector Stranger", 55, Role.FIRMWARE));

  static Digest hash(String content) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(content));
  }

  static Field sha256(Digest of) {
    return digest(SHA256, of.value());
  }

  static Bytes signature(Identity by, String content) {
    return signature(by, KernelHash.SHA256, content);
  }

  static Bytes signature(Identity by, KernelHash named, String content) {
    Bytes made = SoftKeys.der(by.key(), Bytes.utf8(content));
    return ImaSignature.ofFile(named, ImaFileSignature.keyId(by.certificate()), made).encode();
  }

  static Bytes verity(Identity by, Digest digest) {
    Bytes made = SoftKeys.der(by.key(), ImaFileSignature.fileId(digest));
    return ImaSignature.ofVerity(KernelHash.SHA256, ImaFileSignature.keyId(by.certificate()), made)
        .encode();
  }

  /** A file as it was signed. */
  static TestImaLog signed(TestImaLog log, Identity by, String path) {
    return sig(log, hash(path), path, signature(by, path));
  }

  /** A file with this content and attribute. */
  static TestImaLog sig(TestImaLog log, Digest content, String path, Bytes attribute) {
    return log.entry("ima-sig", sha256(content), name(path), hex(attribute));
  }

  static TestImaLog ng(TestImaLog log, String path) {
    return log.entry("ima-ng", sha256(hash(path)), name(path));
  }

  /** Shown in another PCR's column, and extended into none that matters. */
  static TestImaLog ofPcr(TestImaLog log, int pcr, String path) {
    return log.unmeasured(pcr, "ima-ng", sha256(hash(path)), name(path));
  }

  static TestImaLog key(TestImaLog log, String keyring, Identity who) {
    return buffer(log, keyring, Certificates.der(who.certificate()));
  }

  static TestImaLog buffer(TestImaLog log, String name, Bytes content) {
    return log.entry(
        "ima-buf", sha256(HashAlgorithm.SHA256.digest(content)), name(name), hex(content));
  }
}
