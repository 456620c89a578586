// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import dev.trustme.testing.HouseRules;

/** The arrows of the house as seen from this module, and the rules of every room. */
@AnalyzeClasses(
    packages = "dev.trustme",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {
  /** Nothing that decides can issue or sign artefacts; one class signs verdicts for a command. */
  @ArchTest
  static final ArchRule NOTHING_HERE_SIGNS =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.trustme.cli.verify.ResultKey")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "org\\.bouncycastle\\..*(ContentSigner|SignerInfoGenerator|SignedDataGenerator"
                  + "|CertificateBuilder|CRLBuilder|PrivateKeyFactory|KeyPairGenerator).*"
                  + "|java\\.security\\.(PrivateKey|KeyPairGenerator|KeyStore)")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.trustme.key..",
              "dev.trustme.issue..",
              "dev.trustme.sign..",
              "dev.trustme.enrol..",
              "dev.trustme.secureboot..");

  /** A verdict never needs a live TPM. */
  @ArchTest
  static final ArchRule NO_LIVE_TPM =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.sun.jna..", "dev.trustme.tss..");

  @ArchTest static final ArchTests HOUSE_RULES = ArchTests.in(HouseRules.class);
}
