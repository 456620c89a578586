// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.attest.QuoteJudge;
import dev.trustme.attest.QuoteKey;
import dev.trustme.attest.VerifiedQuote;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.files.Inputs;
import dev.trustme.tpm.QuotedPcrs;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A quote as tpm2-tools write it: {@code tpm2_quote -m X.msg -s X.sig -o X.pcrs}. What is not given
 * for all quotes lies beside: the nonce in {@code X.nonce}, in hex, and the key in {@code X.pub} or
 * {@code X.pem}.
 *
 * @param stem the name without {@code .msg}
 */
record QuoteFiles(Path message, String stem) {
  private static final String MESSAGE = ".msg";
  private static final long MAX_FILE = 1L << 20;

  /** What is the same for all quotes. */
  record Shared(Optional<QuoteKey> key, Optional<Nonce> nonce) {}

  static QuoteFiles of(Path message) {
    String name = message.toString();
    return new QuoteFiles(
        message,
        name.endsWith(MESSAGE) ? name.substring(0, name.length() - MESSAGE.length()) : name);
  }

  /** The messages in a folder, by name. */
  static List<QuoteFiles> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(MESSAGE))
          .sorted()
          .map(QuoteFiles::of)
          .toList();
    }
  }

  static Bytes read(Path file) throws IOException {
    return Inputs.read(file, MAX_FILE);
  }

  static QuoteKey key(Path file) throws IOException, FormatException {
    return parse(file, QuoteKey::parse);
  }

  Verdict<VerifiedQuote> judge(Shared shared) throws IOException, FormatException {
    var quote = new Evidence.Quote(read(message), read(Path.of(stem + ".sig")));
    var values = parse(Path.of(stem + ".pcrs"), QuotedPcrs::parse);
    var key = shared.key().isPresent() ? shared.key().get() : ownKey();
    var nonce = shared.nonce().isPresent() ? shared.nonce().get() : ownNonce();
    try {
      return QuoteJudge.judge(quote, key, nonce, values);
    } catch (FormatException e) {
      throw e.in(message.toString());
    }
  }

  private QuoteKey ownKey() throws IOException, FormatException {
    Path pem = Path.of(stem + ".pem");
    return key(Files.exists(pem) ? pem : Path.of(stem + ".pub"));
  }

  private Nonce ownNonce() throws IOException, FormatException {
    return parse(
        Path.of(stem + ".nonce"),
        text -> {
          try {
            return Nonce.fromHex(text.utf8().strip());
          } catch (IllegalArgumentException e) {
            throw new FormatException("nonce", 0, "expected 1 to 64 bytes as lower-case hex");
          }
        });
  }

  private static <T> T parse(Path file, Inputs.Parser<T> parser)
      throws IOException, FormatException {
    return Inputs.parse(file, MAX_FILE, parser);
  }
}
