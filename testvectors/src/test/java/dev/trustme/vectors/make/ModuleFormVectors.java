// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;
import static dev.trustme.vectors.make.ModuleVectors.key;
import static dev.trustme.vectors.make.ModuleVectors.pem;

import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** The forms of a good module beside the usual one: by key, by name of the signer, compressed. */
record ModuleFormVectors(
    FamilyMaker family, Identity root, Identity signer, Identity stranger, Bytes object) {
  private static final String CMS = "PKCS#7 SignedData: ";

  void make() throws IOException {
    keyIdentifier();
    curve();
    latticeBased();
    embedded();
    compressed();
  }

  private Bytes file(Bytes pkcs7) {
    return new ModuleSignature(object, Optional.of(pkcs7)).encode();
  }

  private void refuse(Vector twin, String id, String comment, Bytes module, String reason)
      throws IOException {
    family.otherFile(twin, id, comment, "module", module, reason);
  }

  private Vector accept(String id, String comment, String name, Bytes file, Identity trusted)
      throws IOException {
    family.file(name, file).file(id + ".pem", pem(trusted));
    return family.accept(id, comment, Map.of("module", name, "keyring", id + ".pem"), Map.of());
  }

  private void keyIdentifier() throws IOException {
    var keyId = Certificates.keyIdentifier(signer.certificate()).orElseThrow();
    Bytes pkcs7 = new Pkcs7Signer(key(signer)).byKeyId(keyId).detached(object);
    var good =
        accept(
            "good-key-id",
            "the signer named by its subject key identifier: sign-file -k",
            "good-key-id.ko",
            file(pkcs7),
            signer);
    int version = 4 + 11 + 4 + 4 + 2;
    refuse(
        good,
        "key-id-versions",
        "SignedData 1 with SignerInfo 3",
        file(with(pkcs7, version, 1)),
        CMS + "versions 1 and 3, expected 3 and 3 (signer named by key identifier)");
  }

  private void curve() throws IOException {
    var ec = TestPki.root(Shape.leaf("Vector Module P-256", Role.MODULE), KeyType.EC_P256);
    var good =
        accept(
            "good-ecdsa",
            "ECDSA on P-256",
            "good-ecdsa.ko",
            file(new Pkcs7Signer(key(ec)).detached(object)),
            ec);
    refuse(
        good,
        "ecdsa-digest",
        "SHA-512 named as the digest of a P-256 signature with SHA-256",
        file(
            new CmsShape(ec, object)
                .signedBy(new SignatureAlgorithm.Ecdsa(HashAlgorithm.SHA256))
                .digest(NISTObjectIdentifiers.id_sha512)
                .encode()),
        "pkcs7-key-digest");
  }

  private void latticeBased() throws IOException {
    var lattice = TestPki.root(Shape.leaf("Vector ML-DSA", Role.MODULE), KeyType.ML_DSA_65);
    var good =
        accept(
            "good-ml-dsa",
            "ML-DSA-65 over the module itself, without attributes; no kernel judged it",
            "good-ml-dsa.ko",
            file(new Pkcs7Signer(key(lattice)).detached(object)),
            lattice);
    refuse(
        good,
        "ml-dsa-parameters",
        "NULL parameters after id-ml-dsa-65, which has none",
        file(
            new CmsShape(lattice, object)
                .signedBy(new SignatureAlgorithm.MlDsa(65))
                .named(
                    new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_65, DERNull.INSTANCE))
                .digest(NISTObjectIdentifiers.id_sha512)
                .encode()),
        "pkcs7-parameters");
  }

  private void embedded() throws IOException {
    Bytes module = file(new CmsShape(signer, object).with(List.of(signer.certificate())).encode());
    var good =
        accept(
            "good-embedded",
            "the signer's certificate inside, its issuer on the keyring",
            "good-embedded.ko",
            module,
            root);
    family.otherFile(
        good,
        "embedded-stranger",
        "the signer's certificate inside, but nobody on the keyring who issued it",
        "keyring",
        pem(stranger),
        "signer-path");
  }

  private void compressed() throws IOException {
    Bytes plain = file(new Pkcs7Signer(key(signer)).detached(object));
    Map<ModuleCompression, String> suffixes =
        new TreeMap<>(
            Map.of(
                ModuleCompression.GZIP, "gz",
                ModuleCompression.XZ_LZMA2, "xz",
                ModuleCompression.ZSTD, "zst"));
    for (var entry : suffixes.entrySet()) {
      String suffix = entry.getValue();
      var form = entry.getKey();
      Bytes packed = form.compress(plain);
      String id = "good-" + suffix;
      var good = accept(id, "compressed: " + form, id + ".ko." + suffix, packed, signer);
      String structure =
          Map.of("gz", "gzip", "xz", "xz", "zst", "zstd").get(suffix) + " compressed module: ";
      refuse(
          good,
          suffix + "-twice",
          "a second compressed stream after the first",
          Bytes.concat(packed, packed),
          structure
              + (suffix.equals("zst")
                  ? "is not one whole frame"
                  : packed.size() + " bytes after the compressed module"));
      Bytes bomb = form.compress(Bytes.zeros(8 << 20));
      refuse(
          good,
          suffix + "-bomb",
          "8 MiB of zeros",
          bomb,
          structure
              + "holds more than %d bytes, in a file of %d"
                  .formatted(Math.max(1 << 20, 256 * bomb.size()), bomb.size()));
    }
  }
}
