// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModuleSignatureTest {
  private static final int TRAILER = 40;

  private final Bytes signed = resource("module.signed.ko");
  private final Bytes module = resource("module.ko");

  @Test
  void readsWhatSignFileWrote() throws Exception {
    var parsed = ModuleSignature.parse(signed);
    assertEquals(module, parsed.module());
    assertEquals(signed, parsed.encode());
    assertTrue(parsed.verify(keyring()).accepted());
  }

  @Test
  void unsignedModuleIsItself() throws Exception {
    var parsed = ModuleSignature.parse(module);
    assertEquals(Optional.empty(), parsed.pkcs7());
    assertEquals(module, parsed.encode());
    assertEquals(List.of("module-unsigned"), failures(parsed.verify(keyring())));
  }

  @Test
  void rejectsOneChangedByteOfTheModule() throws Exception {
    assertEquals(
        List.of("pkcs7-signature"),
        failures(ModuleSignature.parse(flip(signed, 70)).verify(keyring())));
  }

  @Test
  void rejectsASignerThatIsOnNoKeyring() throws Exception {
    assertEquals(List.of("signer"), failures(ModuleSignature.parse(signed).verify(List.of())));
  }

  @ParameterizedTest
  @CsvSource({"0, algo", "1, hash", "2, id_type", "3, signer_len", "4, key_id_len", "5, pad"})
  void refusesNonZeroReservedFields(int field, String name) {
    int at = signed.size() - TRAILER + field;
    assertThrows(FormatException.class, () -> ModuleSignature.parse(flip(signed, at)), name);
  }

  @ParameterizedTest
  @CsvSource({"0", "2147483647", "-1", "999999"})
  void refusesALengthThatDoesNotFit(int length) {
    int at = signed.size() - TRAILER + 8;
    var number = Bytes.fromHex("%08x".formatted(length));
    var bad = Bytes.concat(signed.slice(0, at), number, signed.slice(at + 4, signed.size()));
    assertThrows(FormatException.class, () -> ModuleSignature.parse(bad));
  }

  @Test
  void refusesASecondSignature() {
    var twice = new ModuleSignature(signed, Optional.of(Bytes.fromHex("3000"))).encode();
    assertThrows(FormatException.class, () -> ModuleSignature.parse(twice));
  }

  @Test
  void refusesWhatIsCutOff() {
    assertThrows(
        FormatException.class, () -> ModuleSignature.parse(module.slice(0, module.size() - 1)));
  }

  @Test
  void refusesAnotherKindOfFile() {
    var refused =
        assertThrows(FormatException.class, () -> ModuleSignature.parse(Bytes.fromHex("504b0304")));
    assertTrue(refused.problem().contains("found 504b0304"), refused.problem());
  }

  private static List<String> failures(Verdict<X509CertificateHolder> verdict) {
    return verdict.failures().stream().map(Check::id).toList();
  }

  private static List<X509CertificateHolder> keyring() throws FormatException {
    return Certificates.parse(resource("cert.pem"));
  }

  static Bytes flip(Bytes bytes, int at) {
    byte[] changed = bytes.toArray();
    changed[at] ^= 1;
    return Bytes.copyOf(changed);
  }

  static Bytes resource(String name) {
    try (var in = ModuleSignatureTest.class.getResourceAsStream("sign-file/" + name)) {
      return Bytes.copyOf(in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
