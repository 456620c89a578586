// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.SavedContext;
import dev.trustme.tss.TpmObject;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which attestation key a command uses: persistent, saved by tpm2-tools, or a pair of blobs. */
final class AkOption {
  private static final int MAX_BYTES = 16384;

  @Option(
      names = "--ak",
      paramLabel = "KEY",
      description = {
        "The attestation key: a persistent handle (0x81010002), or the context",
        "file of tpm2-tools. Else --public and --private."
      })
  private @Nullable String ak;

  @Option(
      names = {"-u", "--public"},
      paramLabel = "FILE",
      description = "The key's public blob (TPM2B_PUBLIC).")
  private @Nullable Path publicFile;

  @Option(
      names = {"-r", "--private"},
      paramLabel = "FILE",
      description = "The key's private blob, to load under the endorsement key.")
  private @Nullable Path privateFile;

  @Option(
      names = "--ek-template",
      paramLabel = "NAME",
      defaultValue = "l-1",
      description = "The endorsement key: l-1 (RSA 2048, the default), l-2, h-1 to h-7.")
  private String template = "l-1";

  @Mixin private final AuthOption auth = new AuthOption();
  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();

  String template() {
    return template;
  }

  /** The key, authorized; the caller closes it. */
  TpmObject load(TssContext tss) throws IOException, FormatException {
    hierarchies.apply(tss);
    var key = find(tss);
    try (var secret = auth.existing("Authorization of the attestation key")) {
      key.authorize(secret);
      return key;
    } catch (IOException | RuntimeException e) {
      try (key) {
        throw e;
      }
    }
  }

  private TpmObject find(TssContext tss) throws IOException, FormatException {
    Path area = publicFile;
    Path secretArea = privateFile;
    if ((ak == null) == (area == null) || (area == null) != (secretArea == null)) {
      throw CommandFailure.usage("expected --ak KEY, or --public FILE with --private FILE");
    }
    if (area != null && secretArea != null) {
      var blob = blob(area, secretArea);
      try (var ek = tss.endorsementKeys().create(TpmWords.template(template))) {
        return tss.keys().load(ek, blob);
      }
    }
    String key = String.valueOf(ak);
    return key.startsWith("0x")
        ? tss.keys().persistent(TpmWords.persistent(key))
        : tss.keys().load(context(Path.of(key)));
  }

  static KeyBlob blob(Path area, Path secretArea) throws IOException, FormatException {
    try {
      return KeyBlob.parse(Inputs.read(area, MAX_BYTES), Inputs.read(secretArea, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in("TPM2B_PRIVATE".equals(e.structure()) ? secretArea.toString() : area.toString());
    }
  }

  private static SavedContext context(Path file) throws IOException, FormatException {
    try {
      return SavedContext.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
