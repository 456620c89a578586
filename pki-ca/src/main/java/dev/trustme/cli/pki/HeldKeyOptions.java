// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Secrets;
import dev.trustme.issue.HeldKey;
import dev.trustme.key.KeyReference;
import dev.trustme.key.KeyType;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import dev.trustme.profile.Profile;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Keys of a new PKI that are made in tokens and TPMs, and stay there. */
final class HeldKeyOptions {
  @Option(
      names = "--key",
      paramLabel = "NAME=REF",
      description =
          "Make the key of this authority or role in a token or TPM (pkcs11:…, tpm2:…), where it"
              + " stays; may be given more than once.")
  private Map<String, String> keys = new LinkedHashMap<>();

  /** Makes the keys; the new PKI closes them. */
  Map<String, HeldKey> make(Profile profile, Secrets secrets)
      throws IOException, FormatException, GeneralSecurityException {
    Map<String, KeyReference> references = new LinkedHashMap<>();
    for (var each : keys.entrySet()) {
      type(profile, each.getKey());
      references.put(each.getKey(), reference(each.getValue()));
    }
    Map<String, HeldKey> held = new LinkedHashMap<>();
    for (var each : references.entrySet()) {
      String text = each.getValue().toString();
      try (var pin = Passphrase.ask("PIN of " + text, secrets::pin)) {
        var key = Keys.generate(each.getValue(), type(profile, each.getKey()), pin);
        held.put(each.getKey(), new HeldKey(text, key));
      }
    }
    return held;
  }

  private static KeyReference reference(String text) throws FormatException {
    var reference = KeyReference.parse(text);
    return switch (reference) {
      case KeyReference.Pkcs11 token -> token;
      case KeyReference.TpmHandle handle -> handle;
      case KeyReference.KeyPath file -> throw noHolder(text);
      case KeyReference.Pkcs12 file -> throw noHolder(text);
      case KeyReference.TpmFile file -> throw noHolder(text);
    };
  }

  private static CommandFailure noHolder(String text) {
    return CommandFailure.usage(
        "--key: expected a token's key (pkcs11:…) or a TPM's (tpm2:0x81…), found " + text);
  }

  private static KeyType type(Profile profile, String name) {
    var authority = Optional.ofNullable(profile.authorities().get(name));
    var role = Optional.ofNullable(profile.roles().get(name));
    return authority
        .map(Profile.Authority::key)
        .or(() -> role.map(Profile.RoleKey::key))
        .orElseThrow(() ->
            CommandFailure.usage(
                "--key: the profile has no authority or role '%s'".formatted(name)));
  }
}
