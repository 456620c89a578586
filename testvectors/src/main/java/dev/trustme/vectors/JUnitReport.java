// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results as JUnit XML, one suite a family, for pipelines that show such reports. */
public final class JUnitReport {
  private JUnitReport() {}

  public static Bytes of(List<VectorRunner.Result> results) {
    Map<String, List<VectorRunner.Result>> byFamily = new LinkedHashMap<>();
    results.forEach(r -> byFamily.computeIfAbsent(r.family(), f -> new ArrayList<>()).add(r));
    var out = new ByteArrayOutputStream();
    try {
      XMLStreamWriter xml =
          XMLOutputFactory.newFactory().createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuites");
      for (var family : byFamily.entrySet()) {
        suite(xml, family.getKey(), family.getValue());
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.copyOf(out.toByteArray());
  }

  private static void suite(XMLStreamWriter xml, String family, List<VectorRunner.Result> results)
      throws XMLStreamException {
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", family);
    xml.writeAttribute("tests", Integer.toString(results.size()));
    xml.writeAttribute(
        "failures", Long.toString(results.stream().filter(r -> !r.passed()).count()));
    for (var result : results) {
      xml.writeStartElement("testcase");
      xml.writeAttribute("classname", "vectors." + family);
      xml.writeAttribute("name", result.vector().id());
      xml.writeAttribute("time", String.format(Locale.ROOT, "%.6f", result.nanos() / 1e9));
      if (!result.passed()) {
        xml.writeStartElement("failure");
        xml.writeAttribute("message", result.difference());
        xml.writeEndElement();
      }
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }
}
