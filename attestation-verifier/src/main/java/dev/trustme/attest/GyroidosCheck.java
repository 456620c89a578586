// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Every check of a GyroidOS response, in the order of the judgement. The last ones are about what
 * such a response cannot show: they fail unless the policy says that it is taken all the same.
 */
public enum GyroidosCheck implements ListedCheck {
  DEVICE_CERTIFICATE(
      "the device's certificate leads to a trusted root",
      "name the root that certified the device in trust.devices.roots"),
  QUOTE_MAGIC("the signed structure begins as those of TPMs do", "do not trust this key"),
  QUOTE_TYPE("the signed structure is a quote", "ask the device for an attestation"),
  QUOTE_SCHEME(
      "the signature's scheme is one of the key's, with SHA-256 or stronger", "update the device"),
  QUOTE_SIGNATURE(
      "the certified key signed the quote", "the response was changed, or another device made it"),
  QUOTE_NONCE("the quote contains exactly the nonce", "answer the nonce that was sent"),
  QUOTE_CLOCK(
      "the TPM's counters come after those last accepted of the device's key",
      "ask the device again; if it happens again, the answer is an old one"),
  QUOTE_SELECTION(
      "the quote covers exactly the PCRs that the policy names, of one bank",
      "ask the device for these PCRs"),
  QUOTE_PCR_VALUES("the claimed values are of the PCRs that are quoted", ""),
  QUOTE_PCR_DIGEST("the claimed values hash to the quote's digest", "the values were changed"),
  PCR_EXPECTED(
      "each PCR has the value that the policy names",
      "the device runs other software than it must"),
  IMA_LOG(
      "the IMA log leads to the quoted PCR, and each entry is what its hash says",
      "the log was edited, or read in another moment than the quote"),
  CONTAINER_LOG(
      "the container entries lead to the quoted PCR",
      "the list was edited, or something else extended the PCR"),
  CONTAINER_KNOWN(
      "every started container's image is one that the policy names",
      "stop the container, or name its image"),
  LIMIT_KEY(
      "the key that signed can sign nothing but what its TPM made",
      "enrol the device with a restricted attestation key; until then tolerate limit-key"),
  LIMIT_NONCE(
      "the nonce is too long to be met twice",
      "send a nonce of 16 bytes or more; until then tolerate limit-nonce"),
  LIMIT_BOOT(
      "an event log tells what the firmware's PCRs are made of",
      "collect evidence with an event log; until then tolerate limit-boot"),
  LIMIT_REPLAY(
      "the answer comes after the last one that was accepted",
      "keep the last answer of each device: --state; until then tolerate limit-replay"),
  LIMIT_FILES(
      "programs are judged by who signed them",
      "judge the IMA log with 'trustme verify evidence'; until then tolerate limit-files"),
  LIMIT_CONTAINERS(
      "a container's name, settings and each of its starts are measured",
      "move to the container log of this suite; until then tolerate limit-containers");

  private final String meaning;
  private final String advice;

  GyroidosCheck(String meaning, String advice) {
    this.meaning = meaning;
    this.advice = advice;
  }

  @Override
  public String meaning() {
    return meaning;
  }

  @Override
  public String advice() {
    return advice;
  }

  /** Whether it is about what such a response cannot show. */
  boolean limit() {
    return name().startsWith("LIMIT_");
  }

  static Optional<GyroidosCheck> byId(String id) {
    return Arrays.stream(values()).filter(c -> c.id().equals(id)).findFirst();
  }

  static List<String> allLimits() {
    return Arrays.stream(values()).filter(GyroidosCheck::limit).map(GyroidosCheck::id).toList();
  }
}
