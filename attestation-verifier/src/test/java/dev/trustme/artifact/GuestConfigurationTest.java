// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.CertificateRules;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestConfigurationTest {
  private static final String HEAD = "name: \"a\" hardware: \"x86\" version: 1 ";
  private static final String TAIL = " description { en: \"d\" }";
  private static final String MOUNT =
      "mounts { image_file: \"root\" mount_point: \"/\" fs_type: \"squashfs\" mount_type: SHARED }";

  private static GuestConfiguration parse(String text) throws FormatException {
    return GuestConfiguration.parse(Bytes.utf8(text));
  }

  @Test
  void readsAndPrintsInTheSchemasOrder() throws Exception {
    var text = "description { fr: \"\\303\\251\" en: 'it\\'s' } version: 18446744073709551615";
    var read = parse(text + " icon: \"\\000\\377\\x7f\" hardware: \"arm\" name: \"b\" " + MOUNT);
    assertEquals("b-18446744073709551615", read.fileStem());
    assertEquals(
        """
        name: "b"
        hardware: "arm"
        version: 18446744073709551615
        mounts {
          image_file: "root"
          mount_point: "/"
          fs_type: "squashfs"
          mount_type: SHARED
        }
        description {
          en: "it\\'s"
          fr: "\\303\\251"
        }
        icon: "\\000\\377\\177"
        """,
        read.print().utf8());
    assertEquals(read.print(), GuestConfiguration.parse(read.print()).print());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown: 1 | has no field 'unknown'",
        "version: 2 | field 'version' comes twice",
        "init_path: 1 | expected a string",
        "min_ram_limit: 4294967296 | of 32 bits",
        "min_ram_limit: -1 | expected a number",
        "min_ram_limit: 0x10 | decimal",
        "min_ram_limit: 010 | decimal",
        "feature_bg_booting: 1 | expected one of",
        "init_param: ['a'] | expected a string",
        "init_path: 'a' 'b' | two strings",
        "init_path: 'a | without an end",
        "init_path: '\\377' | not UTF-8",
        "init_path: '\\000' | NUL",
        "init_path: '\\7' | differ",
        "init_path: '\\x1' | too few digits",
        "mounts < image_file: 'x' > | expected '{'",
        "mounts { image_file: 'x' } | lacks the field 'mount_point'",
        "mounts { image_file: '../x' mount_point: '/' fs_type: 'e' mount_type: FLASH } | no file name",
        "mounts { image_file: 'x' mount_point: '/' fs_type: 'e' mount_type: OTHER } | expected one of",
        "mounts { image_file: 'x' | expected '}'",
        "} | expected a field name",
        "[ext]: 1 | expected a field name"
      })
  void refuses(String fields, String words) {
    var refused =
        assertThrows(FormatException.class, () -> parse(HEAD + TAIL + " " + fields), fields);
    assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
  }

  @Test
  void refusesWhatIsMissingOrTooMuch() {
    assertThrows(FormatException.class, () -> parse(""));
    assertThrows(FormatException.class, () -> parse(HEAD));
    var many = HEAD + TAIL + MOUNT.repeat(257);
    assertThrows(FormatException.class, () -> parse(many));
    assertThrows(FormatException.class, () -> parse(HEAD + TAIL + " ".repeat(262144)));
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
  void gyroidosOwnVerifiesUnderWiderKeys() throws Exception {
    Path folder = Path.of(System.getenv("TRUSTME_CORPUS")).resolve("gyroidos");
    var configuration = GuestConfiguration.parse(Inputs.read(folder.resolve("guestos.conf")));
    assertEquals("sampleos-1", configuration.fileStem());
    var store = TrustStore.load(List.of(folder.resolve("ssig_rootca.cert")));
    var validator = new PathValidator(store, Instant.parse("2026-11-23T12:00:00Z"));
    var chain = Certificates.parse(Inputs.read(folder.resolve("guestos.cert")));
    var signature = Inputs.read(folder.resolve("guestos.sig"));
    var policy = PathPolicy.of(Role.GUEST_OS);
    var strict = GuestSignature.verify(configuration, signature, chain, validator, policy);
    assertEquals(List.of("signer-role"), strict.failures().stream().map(Check::id).toList());
    var wider =
        GuestSignature.verify(
            configuration, signature, chain, validator, policy.with(CertificateRules.WIDER_KEYS));
    assertTrue(wider.accepted());
    assertEquals(
        List.of("signer-role", "guest-image"),
        wider.checks().stream().filter(Check::warns).map(Check::id).toList());
    var reversed =
        GuestSignature.verify(configuration, signature, chain.reversed(), validator, policy);
    assertTrue(reversed.failures().stream().anyMatch(c -> c.id().equals("guest-signature-pss")));
  }
}
