// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.math.BigInteger;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code revocation-floors.json}, schema {@code trustme/revocation-floors/1}: the highest number of
 * each issuer's revocation lists that a verifier has seen.
 *
 * @param floors decimal numbers by the SHA-256 of the issuer's SubjectPublicKeyInfo, hex
 */
public record ListFloors(String schema, Map<String, String> floors) {
  public static final String SCHEMA = "trustme/revocation-floors/1";

  /** No list was seen. */
  public static final ListFloors NONE = new ListFloors(SCHEMA, Map.of());

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,48}");

  public ListFloors {
    Policy.require(SCHEMA.equals(schema), "schema: expected " + SCHEMA);
    floors.forEach((key, number) ->
        Policy.require(
            KEY.matcher(key).matches() && NUMBER.matcher(number).matches(),
            "floors: expected SHA-256 digests and decimal numbers"));
    floors = Collections.unmodifiableMap(new TreeMap<>(floors));
  }

  static ListFloors of(Map<Digest, BigInteger> numbers) {
    Map<String, String> floors = new TreeMap<>();
    numbers.forEach((issuer, number) -> floors.put(issuer.hex(), number.toString()));
    return new ListFloors(SCHEMA, floors);
  }

  public static ListFloors parse(Bytes json) throws FormatException {
    return Json.read(json, ListFloors.class, "revocation floors");
  }

  /** The numbers as the judgement of a path takes them. */
  public Map<Digest, BigInteger> numbers() {
    Map<Digest, BigInteger> numbers = new HashMap<>();
    floors.forEach((key, number) ->
        numbers.put(new Digest(HashAlgorithm.SHA256, Bytes.fromHex(key)), new BigInteger(number)));
    return numbers;
  }
}
