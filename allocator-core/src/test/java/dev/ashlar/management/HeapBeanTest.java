package dev.ashlar.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.TestHeaps;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.Set;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Heaps are read through a remote connection, each by its name, until they are closed or dropped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeapBeanTest {
    private JMXConnectorServer server;
    private JMXConnector connector;
    private MBeanServerConnection remote;

    @BeforeAll
    @SuppressWarnings("BanJNDI") // The connection leads to this JVM.
    void connect() throws Exception {
        server = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("rmi", "localhost", 0), null, ManagementFactory.getPlatformMBeanServer());
        server.start();
        connector = JMXConnectorFactory.connect(server.getAddress());
        remote = connector.getMBeanServerConnection();
    }

    @AfterAll
    void disconnect() throws Exception {
        connector.close();
        server.stop();
    }

    private static CodeHeap code(String name) {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).name(name).build();
    }

    private HeapMXBean bean(String name) throws Exception {
        return JMX.newMXBeanProxy(remote, new ObjectName(name), HeapMXBean.class);
    }

    private Set<ObjectName> named(String heap) throws Exception {
        return remote.queryNames(new ObjectName("dev.ashlar:name=" + heap + ",*"), null);
    }

    @Test
    void aClientReadsEveryFigureOfAHeap() throws Exception {
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .writePath(WritePath.POKE)
                .capacity(8 << 20)
                .name("read")
                .build()) {
            heap.define(NativeCode.returning(1));
            String name = heap.registerMXBean();
            assertThat(name).isEqualTo("dev.ashlar:type=CodeHeap,name=read");

            HeapMXBean bean = bean(name);
            assertThat(bean.getName()).isEqualTo("read");
            assertThat(bean.getDomain()).isEqualTo("code");
            assertThat(bean.getWritePath()).isEqualTo("poke");
            assertThat(bean.getBackings()).containsExactly("small");
            assertThat(bean.getRefusals()).isEmpty();
            assertThat(bean.getCapacityByteSize()).isEqualTo(8 << 20);
            assertThat(bean.getCommittedByteSize()).isEqualTo(heap.committedByteSize());
            assertThat(bean.getLiveByteSize()).isEqualTo(16);
            assertThat(bean.getLiveBlockCount()).isEqualTo(1);
            assertThat(bean.getStats()).isEqualTo(heap.stats());
            assertThat(bean.getStats().committedByBacking()).containsOnlyKeys(Backing.SMALL);
            assertThat(bean.getReport()).isEqualTo(heap.report().describe());
            HeapMXBean.Audit audit = bean.audit();
            assertThat(audit.isSafe()).isTrue();
            assertThat(audit.isHuge()).isTrue();
            assertThat(audit.regionCount()).isEqualTo(heap.committedByteSize() >> 21);
            assertThat(audit.splitRegionCount()).isZero();
            assertThat(audit.faults()).isEmpty();
        }
    }

    @Test
    void aClientWithoutAshlarsClassesReadsCompositeData() throws Exception {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).name("composite").build()) {
            heap.allocate(100_000);
            ObjectName name = new ObjectName(heap.registerMXBean());
            assertThat(name.getKeyProperty("type")).isEqualTo("DataHeap");
            CompositeData stats = (CompositeData) remote.getAttribute(name, "Stats");
            assertThat(stats.get("liveBlockCount")).isEqualTo(1L);
            CompositeData audit = (CompositeData) remote.invoke(name, "audit", null, null);
            assertThat(audit.get("isSafe")).isEqualTo(true);
            assertThat(remote.getAttribute(name, "WritePath")).isNull();
        }
    }

    @Test
    void heapsOfOneNameHaveBeansOfTheirOwn() throws Exception {
        CodeHeap first = code("twin");
        String firstName = first.registerMXBean();
        try (CodeHeap second = code("twin")) {
            second.allocate(100);
            String secondName = second.registerMXBean();
            assertThat(secondName).isEqualTo("dev.ashlar:type=CodeHeap,name=twin,number=2");
            assertThat(bean(firstName).getLiveBlockCount()).isZero();
            assertThat(bean(secondName).getLiveBlockCount()).isEqualTo(1);
            assertThat(first.registerMXBean()).isEqualTo(firstName);
            assertThat(named("twin")).hasSize(2);

            first.close();
            assertThat(named("twin")).containsExactly(new ObjectName(secondName));
            try (CodeHeap third = code("twin")) {
                assertThat(third.registerMXBean()).isEqualTo(firstName);
            }
        }
        assertThat(named("twin")).isEmpty();
    }

    @Test
    void aClosedHeapCannotBeRegistered() {
        CodeHeap heap = code("closed");
        heap.close();
        assertThatThrownBy(heap::registerMXBean).isInstanceOf(HeapClosedException.class);
    }

    @Test
    void aHeapIsClosedAlthoughAClientHasUnregisteredIt() throws Exception {
        try (CodeHeap heap = code("unregistered")) {
            remote.unregisterMBean(new ObjectName(heap.registerMXBean()));
        }
        assertThat(named("unregistered")).isEmpty();
    }

    @Test
    void aDamagedHeapTellsClientsWithoutAClassOfAshlar() throws Exception {
        CodeHeap heap = code("damaged");
        String name = heap.registerMXBean();
        TestHeaps.zones(heap).health.end = new StackOverflowError();
        HeapMXBean bean = bean(name);
        assertThatThrownBy(bean::getStats).isInstanceOf(IllegalStateException.class).hasMessageContaining("damaged");
        heap.close();
    }

    @Test
    void aRegisteredHeapCanBeDropped() throws Exception {
        WeakReference<CodeBlock> dropped = drop();
        for (int attempt = 0; attempt < 500 && !named("dropped").isEmpty(); attempt++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(dropped.get()).isNull();
        assertThat(named("dropped")).isEmpty();
    }

    private WeakReference<CodeBlock> drop() throws Exception {
        CodeHeap heap = code("dropped");
        heap.registerMXBean();
        assertThat(named("dropped")).hasSize(1);
        return new WeakReference<>(heap.define(NativeCode.returning(1)));
    }
}
