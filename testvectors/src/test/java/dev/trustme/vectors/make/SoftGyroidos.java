// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Certificates;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;

/** A GyroidOS device whose keys are ours; what it answers is right until a field is changed. */
final class SoftGyroidos {
  static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  static final Bytes NONCE = Bytes.fromHex("ef271a344db1da91");
  static final Digest IMAGE = BANK.digest(Bytes.utf8("core image"));
  static final int IMA = 10;
  static final int CONTAINERS = 11;

  final Identity root = SeededPki.root(Plan.authority("Vector Fleet", 61));
  SeededRsa key = SeededRsa.of("gyroidos", 2048, 65537);
  Plan certificate =
      Plan.leaf("Vector Device", 62).without(Extension.extendedKeyUsage).of(key.info());
  Bytes nonce = NONCE;
  List<Bytes> imaMeasured = List.of(ima("boot_aggregate"), ima("/lib/modules/virtio.ko"));
  List<Bytes> imaShown = imaMeasured;
  List<Digest> started = List.of(IMAGE, BANK.digest(Bytes.utf8("web image")));
  List<Digest> shown = started;
  int quotedPcrs = 12;
  UnaryOperator<TpmsAttest> quoteEdit = UnaryOperator.identity();
  UnaryOperator<SortedMap<Integer, Digest>> claimEdit = UnaryOperator.identity();
  UnaryOperator<Bytes> signatureEdit = UnaryOperator.identity();
  UnaryOperator<Bytes> messageEdit = UnaryOperator.identity();
  TpmAlgId scheme = TpmAlgId.TPM_ALG_RSASSA;

  /** A new device with something changed. */
  static SoftGyroidos with(Consumer<SoftGyroidos> change) {
    var device = new SoftGyroidos();
    change.accept(device);
    return device;
  }

  /** An entry of template ima-ng: PCR, template hash, name, data; little-endian. */
  static Bytes ima(String path) {
    Bytes digest =
        Bytes.concat(Bytes.utf8("sha256:\0"), BANK.digest(Bytes.utf8("file " + path)).value());
    Bytes name = Bytes.utf8(path + "\0");
    Bytes data =
        BinaryWriter.littleEndian()
            .u32(digest.size())
            .bytes(digest)
            .u32(name.size())
            .bytes(name)
            .toBytes();
    return BinaryWriter.littleEndian()
        .u32(IMA)
        .bytes(HashAlgorithm.SHA1.digest(data).value())
        .u32(6)
        .bytes(Bytes.utf8("ima-ng"))
        .u32(data.size())
        .bytes(data)
        .toBytes();
  }

  private static Digest template(Bytes entry) {
    return BANK.digest(entry.slice(4 + 20 + 4 + 6 + 4, entry.size()));
  }

  static Digest firmware(int pcr) {
    return BANK.digest(Bytes.utf8("firmware " + pcr));
  }

  SortedMap<Integer, Digest> values() {
    SortedMap<Integer, Digest> values = new TreeMap<>();
    for (int pcr = 0; pcr < quotedPcrs; pcr++) {
      values.put(pcr, firmware(pcr));
    }
    values.computeIfPresent(
        IMA, (pcr, v) -> extended(imaMeasured.stream().map(SoftGyroidos::template).toList()));
    values.computeIfPresent(CONTAINERS, (pcr, v) -> extended(started));
    return values;
  }

  private static Digest extended(List<Digest> measured) {
    Digest value = Digest.zero(BANK);
    for (Digest each : measured) {
      value = value.extend(each);
    }
    return value;
  }

  Bytes response() {
    var values = values();
    Bytes[] all = values.values().stream().map(Digest::value).toArray(Bytes[]::new);
    var attest =
        quoteEdit
            .apply(
                new TpmsAttest(
                    TpmsAttest.TPM_GENERATED_VALUE,
                    TpmsAttest.TPM_ST_ATTEST_QUOTE,
                    Bytes.concat(Bytes.fromHex("000b"), BANK.digest(Bytes.utf8("name")).value()),
                    nonce,
                    new TpmsClockInfo(7000, 2, 0, true),
                    1,
                    new TpmsAttest.TpmsQuoteInfo(
                        new TpmlPcrSelection(List.of(TpmsPcrSelection.of(BANK, values.keySet()))),
                        BANK.digest(all).value())))
            .encode();
    List<Bytes> parts = new ArrayList<>();
    parts.add(ProtoBytes.number(1, 1));
    parts.add(ProtoBytes.number(2, 0));
    parts.add(ProtoBytes.number(3, BANK.size()));
    parts.add(ProtoBytes.bytes(4, attest));
    parts.add(ProtoBytes.bytes(5, signatureEdit.apply(key.sign(scheme, scheme, attest))));
    claimEdit
        .apply(values)
        .forEach((pcr, value) ->
            parts.add(
                ProtoBytes.bytes(
                    6,
                    Bytes.concat(ProtoBytes.number(1, pcr), ProtoBytes.bytes(2, value.value())))));
    parts.add(ProtoBytes.text(7, Certificates.pem(List.of(leaf()))));
    parts.add(ProtoBytes.bytes(11, Bytes.concat(imaShown.toArray(Bytes[]::new))));
    parts.addAll(containers());
    return messageEdit.apply(Bytes.concat(parts.toArray(Bytes[]::new)));
  }

  X509CertificateHolder leaf() {
    return SeededPki.issue(root, certificate).certificate();
  }

  private List<Bytes> containers() {
    List<Bytes> entries = new ArrayList<>();
    Digest value = Digest.zero(BANK);
    for (Digest image : shown) {
      value = value.extend(image);
      entries.add(
          ProtoBytes.bytes(
              12,
              Bytes.concat(
                  ProtoBytes.number(1, CONTAINERS),
                  ProtoBytes.text(2, "root.img"),
                  ProtoBytes.text(3, "sha256"),
                  ProtoBytes.bytes(4, value.value()),
                  ProtoBytes.text(5, "sha256"),
                  ProtoBytes.bytes(6, image.value()))));
    }
    return entries;
  }
}
