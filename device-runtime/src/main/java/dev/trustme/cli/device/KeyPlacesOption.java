// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.measure.HierarchyOptions;
import dev.trustme.cli.measure.TpmWords;
import dev.trustme.identity.KeyPlaces;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which keys of the TPM are the device's. */
final class KeyPlacesOption {
  @Option(
      names = "--ek-template",
      paramLabel = "NAME",
      description = {
        "The endorsement key: l-1, l-2, h-1 to h-4, h-6, h-7. Without it, the first one",
        "that the TPM holds a certificate for."
      })
  private @Nullable String template;

  @Option(
      names = "--ak",
      paramLabel = "HANDLE",
      defaultValue = KeyPlaces.AK,
      description = "The attestation key's persistent handle (default: ${DEFAULT-VALUE}).")
  private String ak = KeyPlaces.AK;

  @Option(
      names = "--identity",
      paramLabel = "HANDLE",
      defaultValue = KeyPlaces.IDENTITY,
      description = "The identity key's persistent handle (default: ${DEFAULT-VALUE}).")
  private String identity = KeyPlaces.IDENTITY;

  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();

  /** The places; from now on the context may use the hierarchies whose values were given. */
  KeyPlaces in(TssContext tss) throws IOException {
    hierarchies.apply(tss);
    long akHandle = TpmWords.persistent(ak);
    long identityHandle = TpmWords.persistent(identity);
    if (akHandle == identityHandle) {
      throw CommandFailure.usage("--ak and --identity: two keys need two handles");
    }
    var endorsement =
        template == null
            ? KeyPlaces.certified(tss)
                .orElseThrow(() ->
                    CommandFailure.usage(
                        "the TPM holds no certificate of an endorsement key; name the template"
                            + " (--ek-template) and give the maker's file (--ek-certificate)"))
            : TpmWords.template(template);
    return new KeyPlaces(endorsement, akHandle, identityHandle);
  }
}
