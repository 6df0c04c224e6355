package dev.ashlar.management;

import dev.ashlar.heap.Zones;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Leftovers;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Registers heaps with the platform's MBean server. Thread-safe. */
public final class HeapBeans {
    private HeapBeans() {}

    /**
     * A heap that is registered.
     *
     * @param name the name of its bean
     * @param end unregisters it, once; does nothing afterwards
     */
    public record Registration(String name, Runnable end) {}

    /**
     * Registers a heap until the registration is ended or the heap is unreachable.
     *
     * @param type the kind of heap, for the bean's name
     * @param buildRefusals what the host refused when the heap was built
     * @throws UnsupportedOperationException if this JVM has no module {@code java.management}
     */
    public static Registration register(String type, Zones zones, List<Refusal> buildRefusals) {
        if (ModuleLayer.boot().findModule("java.management").isEmpty()) {
            throw new UnsupportedOperationException("heap " + zones.name() + " cannot be registered: this JVM has no"
                    + " module java.management. Start it with --add-modules java.management.");
        }
        return Server.register("dev.ashlar:type=" + type + ",name=" + zones.name(), zones,
                new HeapBean(zones, buildRefusals));
    }

    /** What touches classes of the module. */
    private static final class Server {
        private static final MBeanServer PLATFORM = ManagementFactory.getPlatformMBeanServer();

        static Registration register(String base, Zones zones, HeapBean bean) {
            try {
                ObjectName name = registerByFreeName(base, bean);
                return new Registration(name.toString(), Leftovers.watch(zones, () -> unregister(name))::clean);
            } catch (JMException impossible) {
                throw new IllegalStateException("registering " + base, impossible);
            }
        }

        private static ObjectName registerByFreeName(String base, HeapBean bean) throws JMException {
            for (int number = 1;; number++) {
                // A heap's name has no character that must be quoted.
                ObjectName name = new ObjectName(number == 1 ? base : base + ",number=" + number);
                try {
                    PLATFORM.registerMBean(bean, name);
                    return name;
                } catch (InstanceAlreadyExistsException taken) {
                    // By another heap of this name: the next number.
                }
            }
        }

        private static void unregister(ObjectName name) {
            try {
                PLATFORM.unregisterMBean(name);
            } catch (InstanceNotFoundException gone) {
                // A client has unregistered it.
            } catch (JMException impossible) {
                throw new IllegalStateException("unregistering " + name, impossible);
            }
        }
    }
}
