// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The library's parser of ASCII, which also reads a string of base64 where it lies: most of a large
 * document is base64, and a text of it would be read, kept and decoded one after the other. It only
 * ever says yes: any other string is left for the library to read, and to refuse.
 */
final class BytesJsonParser extends UTF8StreamJsonParser {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long QUOTES = ONES * '"';

  @SuppressWarnings("ByteBufferBackingArray") // It is wrapped in this class alone.
  private BytesJsonParser(
      IOContext context,
      int features,
      @Nullable ObjectCodec codec,
      ByteQuadsCanonicalizer names,
      ByteBuffer document) {
    super(
        context,
        features,
        null,
        codec,
        names,
        document.array(),
        document.position(),
        document.limit(),
        0,
        false);
  }

  /** Makes such parsers of arrays, which have to be ASCII. */
  static final class Factory extends JsonFactory {
    private static final long serialVersionUID = 1L;

    Factory(JsonFactoryBuilder settings) {
      super(settings);
    }

    @Override
    protected JsonParser _createParser(byte[] data, int offset, int length, IOContext context) {
      return new BytesJsonParser(
          context,
          _parserFeatures,
          _objectCodec,
          _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures),
          ByteBuffer.wrap(data, offset, length));
    }
  }

  /** The current string, decoded and passed by; empty if it is not read yet as this type can. */
  private Optional<Bytes> base64() {
    int end = _tokenIncomplete ? quote(_inputBuffer, _inputPtr, _inputEnd) : -1;
    if (end <= _inputPtr || end - _inputPtr > _streamReadConstraints.getMaxStringLength()) {
      return Optional.empty();
    }
    var decoded = Bytes.fromBase64(_inputBuffer, _inputPtr, end);
    if (decoded.isPresent()) {
      _textBuffer.resetWithEmpty();
      _tokenIncomplete = false;
      _inputPtr = end + 1;
    }
    return decoded;
  }

  /** Where the next quotation mark is, or -1. */
  private static int quote(byte[] text, int from, int to) {
    int at = from;
    while (at + Long.BYTES <= to) {
      long zeroAtQuote = (long) EIGHT.get(text, at) ^ QUOTES;
      if (((zeroAtQuote - ONES) & ~zeroAtQuote & (ONES << 7)) != 0) {
        break;
      }
      at += Long.BYTES;
    }
    while (at < to && text[at] != '"') {
      at++;
    }
    return at < to ? at : -1;
  }

  /** Reads {@link Bytes} so, where it can. */
  static final class Modifier extends BeanDeserializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonDeserializer<?> modifyDeserializer(
        DeserializationConfig config, BeanDescription type, JsonDeserializer<?> deserializer) {
      return type.getBeanClass() == Bytes.class ? new OfBytes(deserializer) : deserializer;
    }
  }

  private static final class OfBytes extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;

    OfBytes(JsonDeserializer<?> library) {
      super(library);
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> library) {
      return new OfBytes(library);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      var bytes =
          parser instanceof BytesJsonParser direct ? direct.base64() : Optional.<Bytes>empty();
      return bytes.isPresent() ? bytes.get() : super.deserialize(parser, context);
    }
  }
}
