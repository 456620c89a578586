// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trustme.artifact.CosignSignature;
import dev.trustme.artifact.NotationSignature;
import dev.trustme.artifact.SigstoreBundle;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.key.KeyType;
import dev.trustme.oci.FolderFiles;
import dev.trustme.oci.ImageChoice;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciIndex;
import dev.trustme.oci.OciManifest;
import dev.trustme.sign.Judge;
import dev.trustme.sign.RoleKey;
import dev.trustme.sign.TestKeys;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An image signed in its layout, read back by our readers and by others. */
class ImageSignatureTest {
  private static final String NAME = "registry.example/web";
  private static final Set<LayoutSigner.Form> ALL = EnumSet.allOf(LayoutSigner.Form.class);

  @TempDir Path folder;
  private Path layout;
  private OciDescriptor image;

  @BeforeEach
  void write() throws Exception {
    layout =
        new TestLayout(folder.resolve("web"))
            .layer(new TestLayout.Tar().file("bin/sh", "shell"))
            .write();
    image = image(layout);
  }

  private static OciDescriptor image(Path layout) throws Exception {
    try (var source = SourceImage.open(layout, ImageChoice.ANY)) {
      return source.signable().getFirst();
    }
  }

  private void sign(RoleKey key, Set<LayoutSigner.Form> forms) throws Exception {
    var name = new LayoutSigner.Name(NAME, Instant.EPOCH);
    LayoutSigner.Signed signed;
    try (var source = SourceImage.open(layout, ImageChoice.ANY)) {
      signed = LayoutSigner.sign(source, forms, key, name);
    }
    for (var blob : signed.blobs().entrySet()) {
      Files.write(layout.resolve(blob.getKey()), blob.getValue().toArray());
    }
    Files.write(layout.resolve("index.json"), signed.index().toArray());
  }

  private OciDescriptor tagged(String suffix) throws Exception {
    String tag = "sha256-" + image.digest().hex() + suffix;
    return LayoutFile.index(new FolderFiles(layout)).manifests().stream()
        .filter(m -> m.tag().equals(Optional.of(tag)))
        .findFirst()
        .orElseThrow();
  }

  private Bytes read(OciDescriptor blob) throws Exception {
    return new FolderFiles(layout).blob(blob);
  }

  private OciDescriptor cosign() throws Exception {
    return OciManifest.parse(read(tagged(".sig"))).layers().getLast();
  }

  private static Bytes signature(OciDescriptor layer) {
    return Bytes.fromBase64(layer.annotation(CosignSignature.ANNOTATION).orElseThrow());
  }

  /** The one layer of the referrer of this type, found by the fallback tag. */
  private Bytes referrer(String type) throws Exception {
    var listed =
        OciIndex.parse(read(tagged(""))).manifests().stream()
            .filter(m -> m.artifactType().equals(Optional.of(type)))
            .toList();
    assertEquals(1, listed.size());
    var manifest = OciManifest.parse(read(listed.getFirst()));
    assertEquals(Optional.of(image), manifest.subject());
    return read(manifest.layers().getFirst());
  }

  private Path publicKey(RoleKey key) throws Exception {
    Path file = folder.resolve("key.pem");
    try (var pem = new JcaPEMWriter(Files.newBufferedWriter(file))) {
      pem.writeObject(key.key().publicKey());
    }
    return file;
  }

  private static List<String> failures(Verdict<?> verdict) {
    return verdict.failures().stream().map(Check::id).toList();
  }

  @Test
  void thePayloadIsCosigns() {
    var digest = Digest.zero(HashAlgorithm.SHA256);
    assertEquals(
        "{\"critical\":{\"identity\":{\"docker-reference\":\"index.docker.io/ns/img\"},\"image\":{"
            + "\"docker-manifest-digest\":\""
            + digest
            + "\"},\"type\":\"cosign container image signature\"},\"optional\":null}",
        CosignSignature.payload("index.docker.io/ns/img", digest).utf8());
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "EC_P384", "RSA_3072", "ED25519"})
  void opensslVerifiesTheCosignSignatureThatTheRegistryGives(KeyType type) throws Exception {
    var key = TestKeys.selfSigned(type, "image");
    sign(key, Set.of(LayoutSigner.Form.cosign));
    try (var registry = Registry.start(folder)) {
      registry.push(layout, "web");
      String tag = "sha256-" + image.digest().hex() + ".sig";
      var manifest = OciManifest.parse(registry.manifest("web", tag, OciDescriptor.MANIFEST));
      var layer = manifest.layers().getFirst();
      var payload = registry.blob("web", layer);
      Files.write(folder.resolve("payload"), payload.toArray());
      Files.write(folder.resolve("signature"), signature(layer).toArray());
      var verdict =
          CosignSignature.verify(
              payload, signature(layer), image.digest(), NAME, key.key().publicKey());
      assertTrue(verdict.accepted(), verdict.failures()::toString);
    }
    opensslVerifies(type, key);
  }

  private void opensslVerifies(KeyType type, RoleKey key) throws Exception {
    String pem = publicKey(key).toString();
    if (type == KeyType.ED25519) {
      Judge.accepts(
          folder,
          "openssl",
          "pkeyutl",
          "-verify",
          "-pubin",
          "-inkey",
          pem,
          "-rawin",
          "-in",
          "payload",
          "-sigfile",
          "signature");
    } else {
      Judge.accepts(
          folder,
          "openssl",
          "dgst",
          "-sha256",
          "-verify",
          pem,
          "-signature",
          "signature",
          "payload");
    }
  }

  @Test
  void cosignRefusesWhatDiffersInOneThing() throws Exception {
    var key = TestKeys.selfSigned(KeyType.EC_P256, "image");
    sign(key, Set.of(LayoutSigner.Form.cosign));
    var layer = cosign();
    var payload = read(layer);
    var spki = key.key().publicKey();
    var other = Digest.zero(HashAlgorithm.SHA256);
    assertEquals(
        List.of("image-digest"),
        failures(CosignSignature.verify(payload, signature(layer), other, NAME, spki)));
    assertEquals(
        List.of("image-reference"),
        failures(
            CosignSignature.verify(payload, signature(layer), image.digest(), "other/web", spki)));
    var stranger = TestKeys.selfSigned(KeyType.EC_P256, "other").key().publicKey();
    assertEquals(
        List.of("image-signature"),
        failures(
            CosignSignature.verify(payload, signature(layer), image.digest(), NAME, stranger)));
    var typed = Bytes.utf8(payload.utf8().replace("cosign container", "atomic container"));
    assertEquals(
        List.of("image-signature-type"),
        failures(CosignSignature.verify(typed, key.key().sign(typed), image.digest(), NAME, spki)));
    var doubled = Bytes.utf8(payload.utf8().replaceFirst("\\{", "{\"optional\":null,"));
    assertThrows(
        FormatException.class,
        () -> CosignSignature.verify(doubled, key.key().sign(doubled), image.digest(), NAME, spki));
  }

  @Test
  void signingAgainAddsOnlyWhatIsNew() throws Exception {
    var key = TestKeys.selfSigned(KeyType.EC_P256, "image");
    sign(key, ALL);
    var once = Files.readString(layout.resolve("index.json"));
    sign(key, Set.of(LayoutSigner.Form.cosign));
    assertEquals(once, Files.readString(layout.resolve("index.json")));
    sign(TestKeys.selfSigned(KeyType.EC_P256, "second"), Set.of(LayoutSigner.Form.cosign));
    assertEquals(2, OciManifest.parse(read(tagged(".sig"))).layers().size());
    assertNotEquals(once, Files.readString(layout.resolve("index.json")));
    assertEquals(image, image(layout));
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "EC_P384", "RSA_3072"})
  void opensslVerifiesTheBundlesEncoding(KeyType type) throws Exception {
    var key = TestKeys.selfSigned(type, "image");
    sign(key, Set.of(LayoutSigner.Form.bundle));
    var bundle = SigstoreBundle.parse(referrer(SigstoreBundle.MEDIA_TYPE));
    var verdict = bundle.verify(image.digest(), key.key().publicKey());
    assertTrue(verdict.accepted(), verdict.failures()::toString);
    var payload = bundle.dsseEnvelope().payload().utf8();
    Files.writeString(
        folder.resolve("payload"),
        "DSSEv1 28 application/vnd.in-toto+json %d %s".formatted(payload.length(), payload));
    Files.write(
        folder.resolve("signature"), bundle.dsseEnvelope().signatures().getFirst().sig().toArray());
    opensslVerifies(type, key);
    assertEquals(
        List.of("image-digest"),
        failures(bundle.verify(Digest.zero(HashAlgorithm.SHA256), key.key().publicKey())));
  }

  /** A folder with node_modules/@sigstore/verify and bundle. */
  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "EC_P384", "RSA_3072", "ED25519"})
  @Tag("npm")
  void sigstoreJsAcceptsTheBundleAndRefusesAChangedOne(KeyType type) throws Exception {
    var key = TestKeys.selfSigned(type, "image");
    sign(key, Set.of(LayoutSigner.Form.bundle));
    var bundle = referrer(SigstoreBundle.MEDIA_TYPE);
    Path modules =
        Path.of(
            Objects.requireNonNull(
                System.getenv("TRUSTME_SIGSTORE_JS"), "TRUSTME_SIGSTORE_JS names no folder"));
    Path script = folder.resolve("verify.cjs");
    Files.writeString(
        script,
        """
        const fs = require('fs'), crypto = require('crypto');
        const from = require('module').createRequire(process.argv[2] + '/x.js');
        const { bundleFromJSON } = from('@sigstore/bundle');
        const { Verifier, toSignedEntity } = from('@sigstore/verify');
        const bundle = bundleFromJSON(JSON.parse(fs.readFileSync('bundle.json')));
        const publicKey = crypto.createPublicKey(fs.readFileSync('key.pem'));
        const trust = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [],
          publicKey: () => ({ publicKey, validFor: () => true }) };
        new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 })
          .verify(toSignedEntity(bundle));
        """);
    publicKey(key);
    Files.write(folder.resolve("bundle.json"), bundle.toArray());
    Judge.accepts(folder, "node", script.toString(), modules.toString());
    var tree = (ObjectNode) Json.tree(bundle, "bundle");
    var envelope = (ObjectNode) tree.get("dsseEnvelope");
    var payload = Bytes.fromBase64(envelope.get("payload").asText()).utf8();
    envelope.put(
        "payload", Bytes.utf8(payload.replace(image.digest().hex(), "00".repeat(32))).base64());
    Files.write(folder.resolve("bundle.json"), Json.write(tree).toArray());
    assertNotEquals(0, Judge.run(folder, "node", script.toString(), modules.toString()).code());
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "EC_P384", "RSA_3072"})
  void opensslRecomputesNotation(KeyType type) throws Exception {
    var key = TestKeys.selfSigned(type, "image");
    sign(key, Set.of(LayoutSigner.Form.notation));
    var envelope = NotationSignature.parse(referrer(NotationSignature.ARTIFACT));
    Files.writeString(
        folder.resolve("payload"), envelope.protectedHeader() + "." + envelope.payload());
    byte[] raw = Base64.getUrlDecoder().decode(envelope.signature());
    boolean ec = type != KeyType.RSA_3072;
    Files.write(folder.resolve("signature"), ec ? der(raw) : raw);
    String hash = type == KeyType.EC_P256 ? "-sha256" : "-sha384";
    String[] command = {
      "openssl", "dgst", hash, "-verify", publicKey(key).toString(), "-signature", "signature"
    };
    var words = new java.util.ArrayList<>(List.of(command));
    if (!ec) {
      words.addAll(List.of("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"));
    }
    words.add("payload");
    Judge.accepts(folder, words.toArray(String[]::new));
    assertEquals(
        type == KeyType.EC_P256 ? "ES256" : ec ? "ES384" : "PS384",
        Json.tree(Bytes.copyOf(Base64.getUrlDecoder().decode(envelope.protectedHeader())), "header")
            .get("alg")
            .asText());
  }

  /** Without the suite's own code: two INTEGERs in a SEQUENCE, with short lengths. */
  private static byte[] der(byte[] raw) {
    var parts =
        Bytes.concat(integer(raw, 0, raw.length / 2), integer(raw, raw.length / 2, raw.length));
    return Bytes.concat(Bytes.copyOf(new byte[] {0x30, (byte) parts.size()}), parts).toArray();
  }

  private static Bytes integer(byte[] raw, int from, int to) {
    byte[] value =
        new java.math.BigInteger(1, java.util.Arrays.copyOfRange(raw, from, to)).toByteArray();
    return Bytes.concat(Bytes.copyOf(new byte[] {2, (byte) value.length}), Bytes.copyOf(value));
  }

  @Test
  void notationWantsAKeyThatItKnows() {
    var key = TestKeys.selfSigned(KeyType.ED25519, "image");
    assertThrows(
        IllegalArgumentException.class, () -> sign(key, Set.of(LayoutSigner.Form.notation)));
  }

  @Test
  void theRegistryTakesReferrersAndTheirList() throws Exception {
    sign(TestKeys.selfSigned(KeyType.EC_P256, "image"), ALL);
    try (var registry = Registry.start(folder)) {
      registry.push(layout, "web");
      var list =
          OciIndex.parse(
              registry.manifest("web", "sha256-" + image.digest().hex(), OciDescriptor.INDEX));
      assertEquals(
          List.of(SigstoreBundle.MEDIA_TYPE, NotationSignature.ARTIFACT),
          list.manifests().stream().map(m -> m.artifactType().orElseThrow()).toList());
    }
  }
}
