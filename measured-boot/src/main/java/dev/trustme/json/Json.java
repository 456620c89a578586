// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Strict reading and deterministic writing. Keys are kebab-case; a record's components are its
 * keys, in order; an absent key is legal only for Optional components. Bytes are base64, digests
 * {@code sha256:hex}, instants RFC 3339.
 */
public final class Json {
  private static final ObjectMapper JSON =
      strict(
              JsonMapper.builder(
                  new BytesJsonParser.Factory(
                      new JsonFactoryBuilder()
                          .streamReadConstraints(limits())
                          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION))))
          .disable(JsonReadFeature.ALLOW_TRAILING_COMMA.mappedFeature())
          .build();

  private static final String USUAL_INSTANT = "0000-00-00T00:00:00Z";

  private Json() {}

  private static final class Yaml {
    static final ObjectMapper MAPPER =
        strict(
                YAMLMapper.builder(
                    YAMLFactory.builder()
                        .streamReadConstraints(limits())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build()))
            .build();
  }

  private static StreamReadConstraints limits() {
    return StreamReadConstraints.builder()
        .maxNestingDepth(50)
        .maxStringLength(64 * 1024 * 1024)
        .maxNumberLength(40)
        .build();
  }

  private static SimpleModule values() {
    return new SimpleModule("values")
        .setDeserializerModifier(new BytesJsonParser.Modifier())
        .addSerializer(Instant.class, ToStringSerializer.instance)
        .addDeserializer(
            Instant.class,
            new FromStringDeserializer<Instant>(Instant.class) {
              private static final long serialVersionUID = 1L;

              @Override
              protected Instant _deserialize(String value, DeserializationContext context)
                  throws IOException {
                try {
                  return whole(value).orElseGet(() -> Instant.parse(value));
                } catch (DateTimeParseException e) {
                  return (Instant)
                      context.handleWeirdStringValue(
                          Instant.class, value, "expected a time like 2026-11-22T10:14:03Z");
                }
              }
            });
  }

  /** The usual form, digit for digit; everything else is for the JDK, whose parser is slow. */
  private static Optional<Instant> whole(String text) {
    if (text.length() != USUAL_INSTANT.length()) {
      return Optional.empty();
    }
    int[] numbers = new int[6];
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      char shape = USUAL_INSTANT.charAt(i);
      char found = text.charAt(i);
      if (shape != '0' ? found != shape : found < '0' || found > '9') {
        return Optional.empty();
      }
      if (shape == '0') {
        numbers[at] = 10 * numbers[at] + found - '0';
      } else {
        at++;
      }
    }
    try {
      return Optional.of(
          LocalDateTime.of(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
              .toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B strict(B builder) {
    builder
        .addModule(new Jdk8Module())
        .addModule(values())
        .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
        .defaultPropertyInclusion(
            JsonInclude.Value.construct(
                JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
    builder.withCoercionConfig(
        LogicalType.Textual,
        c ->
            c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    return builder;
  }

  /** Reads one JSON document; {@code structure} names it in errors. */
  public static <T> T read(Bytes document, Class<T> type, String structure) throws FormatException {
    return read(JSON, document, type, structure);
  }

  /** Reads one YAML document. */
  public static <T> T readYaml(Bytes document, Class<T> type, String structure)
      throws FormatException {
    return read(Yaml.MAPPER, document, type, structure);
  }

  private static <T> T read(ObjectMapper mapper, Bytes document, Class<T> type, String structure)
      throws FormatException {
    try {
      T value =
          mapper.equals(JSON) && isPlain(document)
              ? mapper.readValue(document.toArray(), type)
              : mapper.readValue(utf8(document), type);
      if (value == null) {
        throw new FormatException(structure, 0, "is empty");
      }
      return value;
    } catch (CharacterCodingException e) {
      throw new FormatException(structure, 0, "is not UTF-8");
    } catch (JsonProcessingException e) {
      throw malformed(e, structure);
    } catch (IOException e) {
      throw new UncheckedIOException("reading memory", e);
    }
  }

  /** What the library reads from bytes as it does from text: it takes a NUL for UTF-16. */
  private static boolean isPlain(Bytes document) {
    return document.isAscii()
        && document.size() >= 4
        && document.at(0) * document.at(1) * document.at(2) * document.at(3) != 0;
  }

  private static String utf8(Bytes document) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(document.buffer()).toString();
  }

  private static FormatException malformed(JsonProcessingException e, String structure) {
    var location = e.getLocation();
    String where =
        location == null || location.getLineNr() < 1
            ? ""
            : "line %d, column %d: ".formatted(location.getLineNr(), location.getColumnNr());
    long offset = location == null ? 0 : offset(location);
    String reason =
        e instanceof ValueInstantiationException && e.getCause() != null
            ? String.valueOf(e.getCause().getMessage())
            : firstLine(e);
    return new FormatException(structure, offset, where + key(e) + reason);
  }

  /** Characters; where bytes were read, each of them is one. */
  private static long offset(JsonLocation location) {
    return Math.max(0, Math.max(location.getCharOffset(), location.getByteOffset()));
  }

  /** The keys that lead to the error: {@code parts[0].size: }. */
  private static String key(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "";
    }
    var path = new StringBuilder();
    for (JsonMappingException.Reference step : mapping.getPath()) {
      path.append(
          step.getFieldName() == null
              ? "[" + step.getIndex() + "]"
              : (path.isEmpty() ? "" : ".") + step.getFieldName());
    }
    return path + ": ";
  }

  private static String firstLine(JacksonException e) {
    String text = e.getOriginalMessage() == null ? "unreadable" : e.getOriginalMessage();
    int end = text.indexOf('\n');
    // Class names help nobody who wrote the file.
    return (end < 0 ? text : text.substring(0, end))
        .replaceAll("Null value for creator property '([^']*)'.*", "'$1' is missing")
        .replaceAll("\\(class [^)]*\\), not marked as ignorable", "")
        .replaceAll("of type `[^`]*`", "")
        .replaceAll("\\(for example[^)]*\\)", "")
        .replaceAll("\\(set Deserialization[^)]*\\)", "")
        .replaceAll(" \\(bound as .*", "")
        .replaceAll(" \\(start marker .*", "")
        .replaceAll(" \\(but might if coercion .*", "")
        .strip();
  }

  /** The value as a tree, for callers that look at the schema before the type. */
  public static JsonNode tree(Bytes document, String structure) throws FormatException {
    return read(document, JsonNode.class, structure);
  }

  /** What {@link #write} would write, as a tree. */
  public static JsonNode toTree(Object value) {
    return JSON.valueToTree(value);
  }

  /** Compact UTF-8 JSON, without a final newline. */
  public static Bytes write(Object value) {
    try {
      return Bytes.copyOf(JSON.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.getClass(), e);
    }
  }

  /** Indented JSON with a final newline, for files that people read. */
  public static Bytes writePretty(Object value) {
    try {
      return Bytes.utf8(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.getClass(), e);
    }
  }
}
