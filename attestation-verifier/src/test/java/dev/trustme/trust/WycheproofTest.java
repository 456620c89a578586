// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The signature files of Wycheproof through the verifier that everything uses: the same result for
 * every test. {@code acceptable} (an RSA DigestInfo without its NULL) is refused; so is ML-DSA with
 * a context, which no format of ours has.
 */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class WycheproofTest {
  private static final int TESTS = 484 + 504 + 151 + 210 + 108 + 179 + 259;

  private static List<Path> files() throws IOException {
    Path folder = Path.of(System.getenv("TRUSTME_CORPUS"), "signatures", "wycheproof");
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static JsonNode read(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  @ParameterizedTest
  @MethodSource("files")
  void agrees(Path file) throws IOException {
    List<String> different = new ArrayList<>();
    for (JsonNode group : read(file).get("testGroups")) {
      for (JsonNode test : group.get("tests")) {
        boolean ours = test.path("ctx").asText().isEmpty();
        boolean expected = test.get("result").asText().equals("valid") && ours;
        if (verify(group, test) != expected) {
          different.add(test.get("tcId") + " " + test.get("comment") + " " + test.get("flags"));
        }
      }
    }
    assertEquals(List.of(), different);
  }

  /** A key that the group's own fields give, also where it is no key at all. */
  private static boolean verify(JsonNode group, JsonNode test) throws IOException {
    var algorithm = algorithm(group);
    var der = group.path("publicKeyDer").asText();
    if (der.isEmpty()) {
      return false;
    }
    SubjectPublicKeyInfo key;
    try {
      key = SubjectPublicKeyInfo.getInstance(Bytes.fromHex(der).toArray());
    } catch (IllegalArgumentException e) {
      return false;
    }
    return SignatureScheme.verify(
        key, algorithm.identifier(), hex(test.get("msg")), hex(test.get("sig")));
  }

  /** Tables of a key's multiples answer as the library does; each group's key has them. */
  @ParameterizedTest
  @MethodSource("files")
  void soDoTablesOfAKey(Path file) throws IOException {
    List<String> different = new ArrayList<>();
    for (JsonNode group : read(file).get("testGroups")) {
      if (!(algorithm(group) instanceof Ecdsa ecdsa)) {
        return;
      }
      var key = SubjectPublicKeyInfo.getInstance(hex(group.get("publicKeyDer")).toArray());
      for (JsonNode test : group.get("tests")) {
        boolean expected = test.get("result").asText().equals("valid");
        var message = hex(test.get("msg"));
        var signature = hex(test.get("sig"));
        if (new IssuerKey(key).byTables(ecdsa, message, signature) != expected) {
          different.add(test.get("tcId") + " " + test.get("comment") + " " + test.get("flags"));
        }
      }
    }
    assertEquals(List.of(), different);
  }

  private static Bytes hex(JsonNode field) {
    return Bytes.fromHex(field.asText());
  }

  private static SignatureAlgorithm algorithm(JsonNode group) {
    return switch (group.get("type").asText()) {
      case "EcdsaVerify" -> new Ecdsa(hash(group.get("sha")));
      case "EddsaVerify" -> new Ed25519();
      case "MlDsaVerify" -> new MlDsa(65);
      case "RsassaPkcs1Verify" -> new RsaPkcs1(hash(group.get("sha")));
      case "RsassaPssVerify" -> {
        assertEquals("MGF1", group.get("mgf").asText());
        assertEquals(group.get("sha"), group.get("mgfSha"));
        yield new RsaPss(hash(group.get("sha")), group.get("sLen").asInt());
      }
      default -> throw new AssertionError("unknown " + group.get("type"));
    };
  }

  private static HashAlgorithm hash(JsonNode name) {
    return HashAlgorithm.valueOf(name.asText().replace("-", ""));
  }

  @Test
  void noFileIsMissing() throws IOException {
    int tests = 0;
    for (Path file : files()) {
      tests += read(file).get("numberOfTests").asInt();
    }
    assertEquals(TESTS, tests);
  }

  /** Where the scheme itself is in the files, it is the algorithm that the test asks for. */
  @ParameterizedTest
  @MethodSource("files")
  void theSchemeOfTheKeyIsTheFiles(Path file) throws IOException {
    var group = read(file).get("testGroups").get(0);
    var key = SubjectPublicKeyInfo.getInstance(hex(group.get("publicKeyDer")).toArray());
    boolean own = SignatureScheme.algorithm(key).orElseThrow().equals(algorithm(group));
    boolean explicit = file.getFileName().toString().startsWith("rsa_pss");
    assertEquals(!explicit, own, file.toString());
    assertFalse(
        SignatureScheme.verify(key, algorithm(group).identifier(), Bytes.empty(), Bytes.empty()));
  }
}
