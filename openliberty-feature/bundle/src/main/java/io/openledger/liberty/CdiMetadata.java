package io.openledger.liberty;

import io.openledger.runtime.cdi.OpenLedgerExtension;
import io.openliberty.cdi.spi.CDIExtensionMetadata;
import jakarta.enterprise.inject.spi.Extension;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** Registers the portable extension for every application on the server. */
@Component(service = CDIExtensionMetadata.class, configurationPolicy = ConfigurationPolicy.IGNORE)
public final class CdiMetadata implements CDIExtensionMetadata {

  @Override
  public Set<Class<? extends Extension>> getExtensions() {
    return Set.of(OpenLedgerExtension.class);
  }
}
