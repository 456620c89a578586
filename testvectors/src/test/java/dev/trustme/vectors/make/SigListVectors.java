// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureList;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Contents of db and dbx: lists of every type, and lists that break a reader. */
final class SigListVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String LIST = "EFI_SIGNATURE_LIST: ";

  private final FamilyMaker family;
  private final EfiGuid owner = EfiGuid.parse("7c673ee7-c41c-431a-89ad-11590e357214");
  private final Bytes der =
      Certificates.der(TestPki.root(Shape.leaf("Vector db", Role.BOOT)).certificate());

  SigListVectors(Path root) throws IOException, FormatException {
    family = new FamilyMaker(root, "siglist", OURS);
  }

  void make() throws IOException {
    certificate();
    digests();
    unknown();
    family.write();
  }

  private Vector accept(String id, String comment, Bytes database) throws IOException {
    family.file(id + ".esl", database);
    return family.accept(id, comment, Map.of("database", id + ".esl"), Map.of());
  }

  private void refuse(Vector twin, String id, String comment, Bytes database, String problem)
      throws IOException {
    family.otherFile(twin, id, comment, "database", database, LIST + problem);
  }

  private static Bytes u32(Bytes database, int offset, long value) {
    return with(
        database,
        offset,
        (int) value & 0xff,
        (int) (value >> 8) & 0xff,
        (int) (value >> 16) & 0xff,
        (int) (value >> 24) & 0xff);
  }

  private void certificate() throws IOException {
    Bytes database = SignatureList.x509(owner, der).encode();
    int size = database.size();
    var good = accept("good", "a db with one X.509 certificate", database);
    refuse(
        good,
        "signature-size-zero",
        "SignatureSize 0: a reader that divides or loops by it fails",
        u32(database, 24, 0),
        "SignatureSize 0");
    refuse(
        good,
        "signature-size-owner",
        "SignatureSize 16: an owner and nothing that it owns",
        u32(database, 24, 16),
        "SignatureSize 16");
    refuse(
        good,
        "signature-size-huge",
        "SignatureSize 2^32 - 1, which a signed reader takes for -1",
        u32(database, 24, 0xffffffffL),
        "SignatureSize 4294967295");
    refuse(
        good,
        "signature-size-fraction",
        "SignatureSize is one less, so that a byte is left over",
        u32(database, 24, size - 29),
        "%d bytes of signatures are no multiple of SignatureSize %d"
            .formatted(size - 28, size - 29));
    refuse(
        good,
        "list-size-beyond-end",
        "SignatureListSize is one more than there is",
        u32(database, 16, size + 1),
        "SignatureListSize %d, but %d bytes remain".formatted(size + 1, size - 28));
    refuse(
        good,
        "list-size-27",
        "SignatureListSize is less than its own header",
        u32(database, 16, 27),
        "SignatureListSize 27, but %d bytes remain".formatted(size - 28));
    refuse(
        good,
        "header-size-beyond-list",
        "SignatureHeaderSize is larger than the list",
        u32(database, 20, size),
        "SignatureHeaderSize %d in a list of %d bytes".formatted(size, size));
    refuse(
        good,
        "trailing-byte",
        "one byte after the last list",
        Bytes.concat(database, Bytes.zeros(1)),
        "need 16 bytes, 1 remain");
    refuse(
        good,
        "cut-in-header",
        "the input ends in the first list's header",
        database.slice(0, 27),
        "need 4 bytes, 3 remain");
    accept("empty", "no bytes: an empty database", Bytes.empty());
  }

  private void digests() throws IOException {
    Bytes image = Bytes.utf8("an image");
    var at = EfiTime.of(Instant.parse("2026-11-22T12:00:00Z"));
    List<SignatureList> lists =
        List.of(
            SignatureList.x509(owner, der),
            SignatureList.images(
                owner,
                List.of(
                    HashAlgorithm.SHA256.digest(image),
                    HashAlgorithm.SHA256.digest(der),
                    HashAlgorithm.SHA256.digest(Bytes.empty()))),
            SignatureList.images(owner, List.of(HashAlgorithm.SHA384.digest(image))),
            SignatureList.images(owner, List.of(HashAlgorithm.SHA512.digest(image))),
            SignatureList.revoked(owner, HashAlgorithm.SHA256.digest(der), EfiTime.NONE),
            SignatureList.revoked(owner, HashAlgorithm.SHA384.digest(der), at),
            SignatureList.revoked(owner, HashAlgorithm.SHA512.digest(der), at));
    var every =
        accept(
            "every-type",
            "a dbx with a list of each type, one of them with three entries",
            SignatureList.encodeDatabase(lists));
    for (var list : lists.subList(1, lists.size())) {
      String name = list.type().orElseThrow().name();
      int size = list.signatureSize();
      refuse(
          every,
          name.replaceFirst("EFI_CERT_", "").toLowerCase(java.util.Locale.ROOT).replace('_', '-')
              + "-size",
          "%s with a byte more in each entry than the type has".formatted(name),
          longer(list),
          "SignatureSize %d, but type %s has %d".formatted(size + 1, list.signatureType(), size));
    }
    Bytes headed =
        BinaryWriter.littleEndian()
            .bytes(EfiGuid.CERT_SHA256.encode())
            .u32(28 + 4 + 48)
            .u32(4)
            .u32(48)
            .zeros(4 + 48)
            .toBytes();
    refuse(
        every,
        "sha256-header",
        "a SignatureHeader in a list whose type has none",
        headed,
        "SignatureHeaderSize 4, but type %s has none".formatted(EfiGuid.CERT_SHA256));
  }

  /** One entry of the list, with a byte behind it. */
  private static Bytes longer(SignatureList list) {
    return BinaryWriter.littleEndian()
        .bytes(list.signatureType().encode())
        .u32(28 + list.signatureSize() + 1)
        .u32(0)
        .u32(list.signatureSize() + 1)
        .bytes(list.signatures().getFirst().encode())
        .zeros(1)
        .toBytes();
  }

  private void unknown() throws IOException {
    Bytes list =
        BinaryWriter.littleEndian()
            .bytes(owner.encode())
            .u32(28 + 4 + 2 * 20)
            .u32(4)
            .u32(20)
            .zeros(4 + 2 * 20)
            .toBytes();
    var good =
        accept("unknown-type", "a list of a type nobody knows, with a SignatureHeader", list);
    refuse(
        good,
        "unknown-type-fraction",
        "its entries do not fill it",
        u32(list, 24, 21),
        "40 bytes of signatures are no multiple of SignatureSize 21");
  }
}
