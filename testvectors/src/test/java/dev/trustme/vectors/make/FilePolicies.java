// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.util.Optional;

/** Policies that ask more of files, and policies that cannot be. */
final class FilePolicies {
  private final FileAttacks files;
  private final Vector good;

  FilePolicies(FileAttacks files) {
    this.files = files;
    this.good = files.good;
  }

  void make() throws IOException, FormatException {
    tolerated();
    stricter();
    malformed();
  }

  private void tolerated() throws IOException, FormatException {
    var tolerant =
        files.all.maker.accept(
            good,
            "good-files-tolerant",
            "a policy that would warn of violations",
            "policy",
            Bytes.utf8(FileAttacks.POLICY + "tolerate: [ima-violations]\n"));
    files.all.maker.accept(
        tolerant,
        "good-files-violation",
        "a violation, which the policy takes for a warning",
        "evidence",
        files
            .device
            .with(e -> e.ima = Optional.of(files.log().violation("/var/lib/busy", 32)))
            .evidence());
    files.all.maker.reject(
        tolerant,
        "i02c-violation-and-more",
        "a violation, and an unsigned file behind it",
        "evidence",
        files
            .device
            .with(e ->
                e.ima =
                    Optional.of(
                        FileKeys.ng(files.log().violation("/var/lib/busy", 32), "/usr/bin/evil")))
            .evidence(),
        "ima-files at IMA log, entry 11,");
  }

  private void stricter() throws IOException {
    policy(
        "i12c-only-signed",
        "the policy asks for signatures, and a released file has none",
        "signed-or-released",
        "signed",
        "ima-files");
    policy(
        "i12d-only-released",
        "the policy asks for the release, which does not list a signed file",
        "signed-or-released",
        "released",
        "ima-files");
    policy(
        "i12e-signed-and-released",
        "the policy asks for both",
        "signed-or-released",
        "signed-and-released",
        "ima-files");
    policy(
        "i13b-template-not-taken",
        "the policy takes no template without signatures",
        "ahead: 2",
        "ahead: 2\n    templates: [ima-sig, ima-sigv2]",
        "ima-template");
    policy(
        "i14-hash-too-short",
        "the policy asks for SHA-512",
        "ahead: 2",
        "ahead: 2\n    hash: sha512",
        "ima-hash");
    policy(
        "i07i-no-keyring",
        "the policy names another keyring than the log",
        "keyrings: [.ima]",
        "keyrings: [.evm]",
        "ima-buffers");
    policy(
        "i03k-not-excluded",
        "the policy does not exclude a folder",
        "'/tmp/.*', ",
        "",
        "ima-files");
    files.all.maker.reject(
        good,
        "i12f-release-without-files",
        "the release lists other files",
        "release",
        release(),
        "ima-files");
    files.all.maker.without(
        good, "i07j-no-root", "nobody vouches for the key on .ima", "file-root", "ima-buffers");
  }

  private Bytes release() throws IOException {
    try {
      var shipped = FileAttacks.shipped();
      shipped.remove(FileKeys.LIBRARY);
      return files.release(shipped);
    } catch (FormatException e) {
      throw new IOException(e);
    }
  }

  private void malformed() throws IOException {
    policy(
        "p02a-pattern-broken", "a pattern that is none", "'/tmp/.*'", "'/tmp/('", "policy: line ");
    policy(
        "p02b-pattern-unrolls",
        "a pattern whose counts multiply",
        "'/tmp/.*'",
        "'((a{100}){100}){100}'",
        "policy: line ");
    policy(
        "p02c-pattern-of-another-language",
        "a pattern that looks behind",
        "'/tmp/.*'",
        "'(?<=/tmp)/.*'",
        "policy: line ");
    policy(
        "p05e-pcr-10-without-files",
        "the policy quotes PCR 10 and asks for no files",
        FileAttacks.RULE,
        "",
        "policy: ");
    policy(
        "p05f-files-without-pcr-10",
        "the policy asks for files and does not quote PCR 10",
        "8, 9, 10, 11",
        "8, 9, 11",
        "policy: ");
    policy(
        "p05g-signers-missing",
        "the policy asks for signatures of nobody",
        FileAttacks.SIGNERS,
        "",
        "policy: ");
    policy(
        "p05h-files-value",
        "a demand that is not known",
        "signed-or-released",
        "anything",
        "policy: ");
  }

  private void policy(String id, String comment, String from, String to, String check)
      throws IOException {
    if (!FileAttacks.POLICY.contains(from)) {
      throw new IllegalArgumentException(from);
    }
    files.all.maker.reject(
        good, id, comment, "policy", Bytes.utf8(FileAttacks.POLICY.replace(from, to)), check);
  }
}
