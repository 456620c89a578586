// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static java.util.Objects.requireNonNull;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.TpmsPcrSelection;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a TPM, for one thread at a time. Every failure is an IOException: {@link
 * TssException} where tpm2-tss or the TPM gave a code. What carries a secret goes through one
 * salted, encrypting session, which is started when it is first needed.
 */
public final class TssContext implements AutoCloseable {
  private static final Map<Hierarchy, Integer> PERMANENT =
      Map.of(
          Hierarchy.TPM_RH_OWNER, 0x101,
          Hierarchy.TPM_RH_NULL, 0x107,
          Hierarchy.TPM_RH_LOCKOUT, 0x10a,
          Hierarchy.TPM_RH_ENDORSEMENT, 0x10b,
          Hierarchy.TPM_RH_PLATFORM, 0x10c);

  private final Libraries libraries;
  private final Wire wire;
  private final PointerByReference tcti;
  private final PointerByReference context;
  private final Map<Hierarchy, TpmEntity> hierarchies = new EnumMap<>(Hierarchy.class);
  private final OpenHandles openHandles = new OpenHandles(this);
  private @Nullable TssSession secure;

  private TssContext(Libraries libraries, PointerByReference tcti, PointerByReference context) {
    this.libraries = libraries;
    this.wire = new Wire(libraries);
    this.tcti = tcti;
    this.context = context;
    PERMANENT.forEach((h, tr) -> hierarchies.put(h, new TpmEntity.Permanent(this, tr)));
  }

  /** Connects; a missing libtss2 is an IOException that names the packages. */
  public static TssContext open(Tcti where) throws IOException {
    var libraries = Libraries.load();
    var tcti = new PointerByReference();
    libraries.require(
        "TPM at " + where,
        libraries.tctiLoader().Tss2_TctiLdr_Initialize(where.configuration(), tcti));
    var context = new PointerByReference();
    int code = libraries.esys().Esys_Initialize(context, tcti.getValue(), null);
    if (code != 0) {
      libraries.tctiLoader().Tss2_TctiLdr_Finalize(tcti);
      libraries.require("Esys_Initialize", code);
    }
    return new TssContext(libraries, tcti, context);
  }

  /** The authorization value of a hierarchy, for all commands that follow. */
  public void authorize(Hierarchy hierarchy, Secret secret) throws IOException {
    entity(hierarchy).authorize(secret);
  }

  public Pcrs pcrs() {
    return new Pcrs(this);
  }

  public Capabilities capabilities() {
    return new Capabilities(this);
  }

  public Keys keys() {
    return new Keys(this);
  }

  public EndorsementKeys endorsementKeys() {
    return new EndorsementKeys(this);
  }

  public Attestation attestation() {
    return new Attestation(this);
  }

  public Sealing sealing() {
    return new Sealing(this);
  }

  public Nv nv() {
    return new Nv(this);
  }

  public Hierarchies hierarchies() {
    return new Hierarchies(this);
  }

  public Policies policies() {
    return new Policies(this);
  }

  /** The banks in which this PCR exists; one of an algorithm unknown here is an error. */
  public Set<HashAlgorithm> activeBanks(int pcr) throws IOException {
    requirePcr(pcr);
    return capabilities().activeBanks(pcr);
  }

  /** The values of these PCRs in one bank, as of one moment. */
  public SortedMap<Integer, Digest> read(HashAlgorithm bank, Collection<Integer> wanted)
      throws IOException {
    return pcrs().read(bank, wanted);
  }

  /** TPM2_PCR_Extend with one digest per bank; banks without one keep their value. */
  public void extend(int pcr, List<Digest> digests) throws IOException {
    pcrs().extend(pcr, digests);
  }

  /** Bytes from the TPM's random number generator, in the clear: fit for nonces, not for keys. */
  public Bytes random(int count) throws IOException {
    return new RandomBytes(this).publicBytes(count);
  }

  /** Random bytes that travel encrypted: fit for keys. The caller zeroes them. */
  public byte[] secretRandom(int count) throws IOException {
    return new RandomBytes(this).secretBytes(count);
  }

  static void requirePcr(int pcr) {
    if (pcr < 0 || pcr >= TpmsPcrSelection.PCR_COUNT) {
      throw new IllegalArgumentException("PCR " + pcr + " is not one of 0 to 23");
    }
  }

  TpmEntity entity(Hierarchy hierarchy) {
    return requireNonNull(hierarchies.get(hierarchy));
  }

  /** The session for secrets; one for all commands of this context. */
  TssSession secureSession() throws IOException {
    if (secure == null) {
      secure = TssSession.salted(this, TssSession.Type.HMAC, HashAlgorithm.SHA256);
    }
    return secure;
  }

  OpenHandles openHandles() {
    return openHandles;
  }

  Call call(String name) {
    return new Call(this, name);
  }

  Wire wire() {
    return wire;
  }

  Esys esys() {
    return libraries.esys();
  }

  Pointer pointer() {
    return context.getValue();
  }

  void require(String call, int code) throws TssException {
    libraries.require(call, code);
  }

  @Override
  public void close() {
    if (secure != null) {
      // A TPM that was restarted or is gone has no session left to flush: both end here.
      int unused = esys().Esys_FlushContext(pointer(), secure.handle());
      secure = null;
    }
    esys().Esys_Finalize(context);
    libraries.tctiLoader().Tss2_TctiLdr_Finalize(tcti);
    wire.close();
  }
}
