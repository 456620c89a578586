// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.evidence.EnrolmentRequest.Statement;
import dev.trustme.tpm.SoftwareTpm;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A device that makes its keys and its request with tpm2-tools alone. */
final class ToolDevice {
  private static final String EK = "0x8101000e";
  private static final String AK = "0x8101000f";
  private static final String IDENTITY = "0x81010010";
  private static final String CHILD = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign";

  private final SoftwareTpm tpm;

  private ToolDevice(SoftwareTpm tpm) {
    this.tpm = tpm;
  }

  /** On the TPM of a maker that certified its RSA endorsement key. */
  static ToolDevice make(SoftwareTpm tpm) throws Exception {
    var device = new ToolDevice(tpm);
    tpm.run("tpm2_createek", "-G", "rsa", "-c", "ek.ctx", "-f", "tss", "-u", "ek.pub");
    tpm.flush();
    tpm.run(
        "tpm2_createak",
        "-C",
        "ek.ctx",
        "-G",
        "ecc256",
        "-g",
        "sha256",
        "-s",
        "ecdsa",
        "-c",
        "ak.ctx",
        "-f",
        "tss",
        "-u",
        "ak.pub");
    tpm.flush();
    device.underPolicy(
        "tpm2_create",
        "-C",
        "ek.ctx",
        "-G",
        "ecc256:ecdsa-sha256",
        "-a",
        CHILD,
        "-u",
        "id.pub",
        "-r",
        "id.priv");
    device.underPolicy(
        "tpm2_load", "-C", "ek.ctx", "-u", "id.pub", "-r", "id.priv", "-c", "id.ctx");
    device.keep("ek.ctx", EK);
    device.keep("ak.ctx", AK);
    device.keep("id.ctx", IDENTITY);
    tpm.run("tpm2_nvread", "0x1c00002", "-o", "ek.der");
    return device;
  }

  private void underPolicy(String... command) throws Exception {
    tpm.run("tpm2_startauthsession", "--policy-session", "-S", "session");
    tpm.run("tpm2_policysecret", "-S", "session", "-c", "e");
    var line = new ArrayList<>(List.of(command));
    line.addAll(List.of("-P", "session:session"));
    tpm.run(line.toArray(String[]::new));
    tpm.run("tpm2_flushcontext", "session");
    tpm.flush();
  }

  private void keep(String context, String handle) throws Exception {
    tpm.run("tpm2_evictcontrol", "-C", "o", "-c", context, handle);
    tpm.flush();
  }

  EnrolmentRequest request(DeviceId device, Optional<Bytes> log) throws Exception {
    Bytes binding =
        EnrolmentRequest.binding(
            device,
            new EnrolmentRequest.Parts(
                tpm.read("ek.der"),
                tpm.read("ek.pub"),
                tpm.read("ak.pub"),
                tpm.read("id.pub"),
                log));
    Files.write(tpm.file("binding"), binding.toArray());
    Bytes hash = HashAlgorithm.SHA256.digest(binding).value();
    tpm.run("tpm2_sign", "-c", IDENTITY, "-g", "sha256", "-f", "tss", "-o", "proof", "binding");
    Optional<EnrolmentRequest.Firmware> firmware = Optional.empty();
    if (log.isPresent()) {
      firmware = Optional.of(new EnrolmentRequest.Firmware(quote(hash, "0,1,2,3,6"), log.get()));
    }
    return new EnrolmentRequest(
        EnrolmentRequest.SCHEMA,
        device,
        new EnrolmentRequest.Endorsement(tpm.read("ek.der"), List.of(), tpm.read("ek.pub")),
        new EnrolmentRequest.Attestation(tpm.read("ak.pub")),
        new EnrolmentRequest.Identity(tpm.read("id.pub"), certify(hash), tpm.read("proof")),
        firmware);
  }

  Statement quote(Bytes hash, String pcrs) throws Exception {
    tpm.run(
        "tpm2_quote",
        "-c",
        AK,
        "-l",
        "sha256:" + pcrs,
        "-q",
        hash.hex(),
        "-g",
        "sha256",
        "-m",
        "attest",
        "-f",
        "tss",
        "-s",
        "signature");
    return new Statement(tpm.read("attest"), tpm.read("signature"));
  }

  /** As tpm2_certify makes one: its qualifying data is always the same. */
  Statement certifyByTool() throws Exception {
    tpm.run(
        "tpm2_certify",
        "-c",
        IDENTITY,
        "-C",
        AK,
        "-g",
        "sha256",
        "-o",
        "attest",
        "-f",
        "tss",
        "-s",
        "signature");
    return new Statement(tpm.read("attest"), tpm.read("signature"));
  }

  /** TPM2_Certify by hand, with empty passwords. TPM 2.0 Part 3, 18.2. */
  private Statement certify(Bytes hash) throws Exception {
    Bytes password = Bytes.fromHex("40000009" + "0000" + "00" + "0000");
    Bytes body =
        BinaryWriter.bigEndian()
            .u32(0x148)
            .u32(handle(IDENTITY))
            .u32(handle(AK))
            .u32(2L * password.size())
            .bytes(password)
            .bytes(password)
            .u16(hash.size())
            .bytes(hash)
            .u16(0x10)
            .toBytes();
    var command = BinaryWriter.bigEndian().u16(0x8002).u32(6L + body.size()).bytes(body).toBytes();
    Files.write(tpm.file("command"), command.toArray());
    tpm.run("tpm2_send", "-o", "answer", "command");
    return answered(tpm.read("answer"));
  }

  private static Statement answered(Bytes answer) throws FormatException {
    var reader = BinaryReader.bigEndian(answer, "response");
    reader.skip(10);
    var parameters = reader.slice("parameters", reader.u32());
    Bytes attest = parameters.bytes(parameters.u16());
    return new Statement(attest, parameters.rest());
  }

  private static long handle(String hex) {
    return Long.parseLong(hex.substring(2), 16);
  }

  void activate(String blob, String secret) throws Exception {
    tpm.run("tpm2_startauthsession", "--policy-session", "-S", "session");
    tpm.run("tpm2_policysecret", "-S", "session", "-c", "e");
    tpm.run(
        "tpm2_activatecredential",
        "-c",
        AK,
        "-C",
        EK,
        "-i",
        blob,
        "-o",
        secret,
        "-P",
        "session:session");
    tpm.run("tpm2_flushcontext", "session");
  }
}
