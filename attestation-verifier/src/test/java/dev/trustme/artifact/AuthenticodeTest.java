// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.uefi.PeImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class AuthenticodeTest {
  private static final Path IMAGES =
      Path.of(String.valueOf(System.getenv("TRUSTME_CORPUS"))).resolve("pe/go-uefi");

  @ParameterizedTest
  @ValueSource(strings = {"HelloWorld.efi.signed", "test.pecoff.signed"})
  void acceptsWhatGoUefiSigned(String name) throws Exception {
    var image = PeImage.parse(read(name));
    assertTrue(Authenticode.verify(image, database()).accepted());
    var empty = new SignatureDatabase(List.of(), List.of());
    assertEquals(
        List.of("db-authority"),
        Authenticode.verify(image, empty).failures().stream().map(Check::id).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HelloWorld.efi", "test.pecoff"})
  void rejectsTheUnsignedOnes(String name) throws Exception {
    assertEquals(
        List.of("unsigned"),
        Authenticode.verify(PeImage.parse(read(name)), database()).failures().stream()
            .map(Check::id)
            .toList());
  }

  private static SignatureDatabase database() throws Exception {
    return SignatureDatabase.of(Certificates.parse(read("db.pem")));
  }

  private static Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(IMAGES.resolve(name)));
  }
}
