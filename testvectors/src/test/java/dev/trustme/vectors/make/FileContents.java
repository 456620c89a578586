// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;
import static dev.trustme.vectors.make.FamilyMaker.with;
import static dev.trustme.vectors.make.FileKeys.LIBRARY;
import static dev.trustme.vectors.make.FileKeys.SEALED;
import static dev.trustme.vectors.make.FileKeys.SERVER;
import static dev.trustme.vectors.make.FileKeys.TOOL;
import static dev.trustme.vectors.make.FileKeys.hash;
import static dev.trustme.vectors.make.FileKeys.sha256;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.KernelHash;
import dev.trustme.ima.TestImaLog;
import java.io.IOException;

/** Files whose signatures, keys and digests are not what they must be. */
final class FileContents {
  private final FileAttacks files;

  FileContents(FileAttacks files) {
    this.files = files;
  }

  void make() throws IOException, FormatException {
    signatures();
    attributes();
    buffers();
    keys();
    digests();
    released();
  }

  private void signatures() throws IOException, FormatException {
    Bytes right = FileKeys.signature(files.keys.signer, TOOL);
    attribute("i06a-signature-version", "a signature of version 9", with(right, 1, 9));
    attribute(
        "i06b-signature-of-stranger",
        "a signature by a key that nobody trusts",
        FileKeys.signature(files.keys.stranger, TOOL));
    attribute(
        "i06c-signature-sha1",
        "a signature that says SHA-1 beside a SHA-256 digest",
        FileKeys.signature(files.keys.signer, KernelHash.SHA1, TOOL));
    files.measured(
        "i06d-file-edited",
        "the file was changed after it was signed",
        l -> FileKeys.sig(l, hash("edited"), TOOL, right),
        "ima-signature at IMA log");
  }

  private void attributes() throws IOException, FormatException {
    Bytes right = FileKeys.signature(files.keys.signer, TOOL);
    attribute("i06e-signature-portable", "a signature over metadata", with(right, 0, 5));
    attribute("i06f-signature-cut", "the signature ends early", right.slice(0, right.size() - 1));
    attribute(
        "i06g-key-id-of-another",
        "a stranger's signature under the identifier of a trusted key",
        Bytes.concat(
            right.slice(0, 7),
            FileKeys.signature(files.keys.stranger, TOOL).slice(7, 9),
            FileKeys.signature(files.keys.stranger, TOOL)
                .slice(9, FileKeys.signature(files.keys.stranger, TOOL).size())));
    attribute(
        "i06h-verity-signature",
        "a signature over an fs-verity digest beside a file's hash",
        FileKeys.verity(files.keys.signer, hash(TOOL)));
    files.measured(
        "i06i-not-signed",
        "a file without signature that the release does not list",
        l -> l.entry("ima-sig", sha256(hash("evil")), name("/usr/bin/evil"), TestImaLog.none()),
        "ima-files");
    files.measured(
        "i06j-sha1-digest",
        "a signed file that was measured by SHA-1",
        l ->
            l.entry(
                "ima-sig",
                digest("sha1:", HashAlgorithm.SHA1.digest(Bytes.utf8(TOOL)).value()),
                name(TOOL),
                hex(right)),
        "ima-hash");
  }

  private void attribute(String id, String comment, Bytes attribute)
      throws IOException, FormatException {
    files.measured(
        id, comment, l -> FileKeys.sig(l, hash(TOOL), TOOL, attribute), "ima-signature at IMA log");
  }

  private void buffers() throws IOException, FormatException {
    files.measured(
        "i07a-other-keyring",
        "a trusted key on a keyring that the policy does not name",
        l -> FileKeys.key(l, ".evm", files.keys.signer),
        "ima-buffers");
    files.measured(
        "i07b-key-of-stranger",
        "a stranger's key on .ima, and a file that it signed",
        l ->
            FileKeys.signed(
                FileKeys.key(l, ".ima", files.keys.stranger), files.keys.stranger, TOOL),
        "ima-buffers");
    files.measured(
        "i07c-key-of-other-role",
        "a key on .ima that leads to the root, for another purpose",
        l -> FileKeys.key(l, ".ima", files.keys.containers),
        "ima-buffers");
    files.measured(
        "i07d-key-not-a-certificate",
        "something on .ima that is no certificate",
        l -> FileKeys.buffer(l, ".ima", Bytes.utf8("key")),
        "ima-buffers");
    files.measured(
        "i07e-other-data",
        "data that the policy does not name",
        l -> FileKeys.buffer(l, "dm_table_load", Bytes.utf8("table")),
        "ima-buffers");
    files.measured(
        "i07f-data-and-digest",
        "data that is not what its digest says",
        l ->
            l.entry(
                "ima-buf", sha256(hash("quiet")), name("kexec-cmdline"), hex(Bytes.utf8("loud"))),
        "ima-buffers");
  }

  private void keys() throws IOException, FormatException {
    files.logged(
        "i07g-key-after-file",
        "a file whose signer's key was loaded later",
        FileKeys.key(
            FileKeys.signed(files.start(), files.keys.loaded, SERVER), ".ima", files.keys.loaded),
        "ima-signature");
    files.all.maker.reject(
        files.good,
        "i07h-key-revoked",
        "the certificate on .ima is revoked",
        "file-crl",
        AttackVectors.crl(
            files.keys.root, SoftEvidence.AT, files.keys.loaded.certificate().getSerialNumber()),
        "ima-buffers");
  }

  private void digests() throws IOException, FormatException {
    files.measured(
        "i10a-verity-as-file",
        "an fs-verity digest with the bytes of a released file's hash",
        l -> l.entry("ima-ngv2", digest("verity:sha256:", hash(LIBRARY).value()), name(LIBRARY)),
        "ima-files");
    files.measured(
        "i10b-file-as-verity",
        "a file's hash with the bytes of a released fs-verity digest",
        l -> l.entry("ima-ngv2", digest("ima:sha256:", FileAttacks.VERITY.value()), name(SEALED)),
        "ima-files");
    files.measured(
        "i10c-file-signature-over-verity",
        "a file's signature beside an fs-verity digest of the same bytes",
        l ->
            l.entry(
                "ima-sigv2",
                digest("verity:sha256:", hash(TOOL).value()),
                name(TOOL),
                hex(FileKeys.signature(files.keys.signer, TOOL))),
        "ima-signature");
    files.measured(
        "i10d-verity-signature-of-another",
        "an fs-verity digest with a signature over another file's",
        l ->
            l.entry(
                "ima-sigv2",
                digest("verity:sha256:", hash(SERVER).value()),
                name(SERVER),
                hex(FileKeys.verity(files.keys.signer, hash(TOOL)))),
        "ima-signature");
  }

  private void released() throws IOException, FormatException {
    files.measured(
        "i12a-released-edited",
        "a file of the release with another content",
        l -> l.entry("ima-ng", sha256(hash("edited")), name(LIBRARY)),
        "ima-files");
    files.measured(
        "i12b-released-moved",
        "a file of the release in another's place",
        l -> l.entry("ima-ng", sha256(hash(LIBRARY)), name("/usr/bin/login")),
        "ima-files");
    files.measured(
        "i13a-oldest-template",
        "an entry of the oldest template, which has no algorithm and no signature",
        l -> l.legacy(HashAlgorithm.SHA1.digest(Bytes.utf8(TOOL)).value(), TOOL),
        "ima-template");
  }
}
