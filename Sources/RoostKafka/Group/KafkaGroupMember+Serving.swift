import CRoostKafka
import Roost
import RoostEvents

/// What the member does about the events of its client.
extension KafkaGroupMember {
    /// Handles the events of the client, and commits what is settled.
    /// - Returns: When this should be called again even if the client tells nothing; `nil` if the member has ended.
    func serve() -> ContinuousClock.Instant? {
        guard client != nil, !isSuspended else { return nil }
        while let event = client?.next() { handle(event) }
        while let event = group?.next() { handle(event) }
        if isLeaving { leave() } else { advance() }
        guard client != nil else { return nil }
        return nextTime
    }

    /// Does the same for whoever does not wait for the next time, but wakes the task that does if it is earlier than before.
    func serveOnce() {
        guard let time = serve(), time < waitingTime else { return }
        waitingTime = time
        wake.notify()
    }

    private var nextTime: ContinuousClock.Instant {
        var time = ContinuousClock.now + timing.look
        if case .revoking(let deadline, _) = phase { time = min(time, deadline) }
        if let commit {
            time = min(time, commit.deadline)
        } else if case .steady = phase, !lanes.records.isEmpty {
            time = min(time, lanes.needsRecord ? retryTime : max(commitTime, retryTime))
        } else if case .revoking = phase, lanes.isSettled {
            time = min(time, retryTime)
        }
        // A deadline that has passed is not waited for again at once.
        return max(time, .now + .milliseconds(5))
    }

    private func handle(_ event: borrowing KafkaEvent) {
        if event.log() { return }
        switch event.type {
        case RD_KAFKA_EVENT_REBALANCE: rebalance(event)
        case RD_KAFKA_EVENT_OFFSET_COMMIT: noteCommit(event)
        case RD_KAFKA_EVENT_LISTCONSUMERGROUPOFFSETS_RESULT: noteOffsets(event)
        case RD_KAFKA_EVENT_ERROR: if let error = event.error { note(error) }
        default: break
        }
    }

    /// Notes an error that librdkafka tells of. It tries most things again by itself.
    func note(_ error: KafkaError) {
        if error.isFatal || error.isRefusal || error.isOfMissingTopic {
            failure = error
            if error.isOfMissingTopic {
                let names = Set(membership.topics.map(url.names.kafkaTopic(of:)))
                Task { [topics] in await topics.forget(names) }
            }
            wake.notify()
        } else {
            RequestContext.defaultLogger.debug("Kafka, group \(membership.group): \(error)")
        }
    }

    private func advance() {
        if let current = commit, current.deadline <= .now { commit = nil }
        guard commit == nil else { return }
        switch phase {
        case .steady:
            guard retryTime <= .now, lanes.needsRecord || commitTime <= .now else { return }
            let records = lanes.records
            if !records.isEmpty { send(records) }
        case .revoking(let deadline, isRecorded: false):
            guard lanes.isSettled && retryTime <= .now || deadline <= .now else { return }
            giveBack()
        case .revoking(_, isRecorded: true): finishRevoking()
        case .assigning, .closing: break
        }
    }

    // MARK: Lanes

    private func rebalance(_ event: borrowing KafkaEvent) {
        guard let client else { return }
        let partitions = KafkaPartitionList.offsets(rd_kafka_event_topic_partition_list(event.pointer)).map(\.partition)
        if event.error?.isOne(of: RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) == true, !isLeaving {
            askForOffsets(of: partitions)
        } else if event.error?.isOne(of: RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) == true, !isLeaving,
            rd_kafka_assignment_lost(client.handle) == 0
        {
            lanes.revoke()
            phase = .revoking(deadline: .now + timing.handOver, isRecorded: false)
            wake.notify()
        } else {
            lanes.release(wereLost: !isLeaving)
            finishRevoking()
        }
    }

    /// Records the end of the lanes that are given back.
    private func giveBack() {
        guard case .revoking(let deadline, _) = phase else { return }
        phase = .revoking(deadline: deadline, isRecorded: true)
        let records = lanes.lastRecords(isLeaving: isLeaving)
        if records.isEmpty { finishRevoking() } else { send(records) }
    }

    func finishRevoking() {
        lanes.release()
        commit = nil
        assign([])
        if case .closing = phase {} else { phase = .steady }
        wake.notify()
    }

    /// Tells librdkafka which partitions to read. It answers from its main thread, which never waits for anything else.
    private func assign(_ offsets: [KafkaOffset]) {
        guard let client else { return }
        let former = sources
        sources = offsets.map(\.partition).sorted { ($0.topic, $0.number) < ($1.topic, $1.number) }.compactMap { partition in
            guard let queue = KafkaQueue(partition, of: client), let index = lanes.index(of: partition) else { return nil }
            return Source(queue, KafkaReader(partition: partition, topics: membership.topics), index: index)
        }
        let code: rd_kafka_resp_err_t
        if offsets.isEmpty {
            code = rd_kafka_assign(client.handle, nil)
        } else if let list = KafkaPartitionList(offsets) {
            code = rd_kafka_assign(client.handle, list.pointer)
        } else {
            code = RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE
        }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { failure = KafkaError(code) }
        // What is outdated now is freed by the first look at it.
        for source in former { while source.queue.next() != nil {} }
    }

    // MARK: Offsets

    /// Asks how far the lanes were settled, and by what kind of owner.
    private func askForOffsets(of partitions: [KafkaPartition]) {
        guard let client, let group else { return }
        lastNumber += 1
        phase = .assigning(partitions, request: lastNumber)
        guard !partitions.isEmpty, let list = KafkaPartitionList(partitions.map { KafkaOffset(partition: $0, offset: -1) }) else {
            return begin([])
        }
        var request = rd_kafka_ListConsumerGroupOffsets_new(url.names.kafkaGroup(of: membership.group), list.pointer)
        let options = rd_kafka_AdminOptions_new(client.handle, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS)
        rd_kafka_AdminOptions_set_request_timeout(options, Int32(clamping: timing.request.milliseconds), nil, 0)
        rd_kafka_AdminOptions_set_opaque(options, UnsafeMutableRawPointer(bitPattern: lastNumber))
        rd_kafka_ListConsumerGroupOffsets(client.handle, &request, 1, options, group.pointer)
        rd_kafka_AdminOptions_destroy(options)
        rd_kafka_ListConsumerGroupOffsets_destroy(request)
    }

    private func noteOffsets(_ event: borrowing KafkaEvent) {
        guard case .assigning(let partitions, let request) = phase, event.number == request else { return }
        var error = event.error, count = 0, offsets: [KafkaOffset] = []
        if error == nil, let result = rd_kafka_event_ListConsumerGroupOffsets_result(event.pointer),
            let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count == 1, let group = groups[0]
        {
            if let fault = rd_kafka_group_result_error(group) {
                error = KafkaError(rd_kafka_error_code(fault), String(cString: rd_kafka_error_string(fault)))
            }
            offsets = KafkaPartitionList.offsets(rd_kafka_group_result_partitions(group))
            if let fault = offsets.first(where: { $0.error != 0 }) { error = error ?? KafkaError(rd_kafka_resp_err_t(fault.error)) }
        }
        guard let error else { return begin(offsets) }
        RequestContext.defaultLogger.warning(
            "The offsets of the group \(membership.group) cannot be read: \(error). They are asked for again.")
        if error.isRefusal { failure = error }
        Task { [weak self] in
            try? await Task.sleep(for: .milliseconds(500))
            await self?.askAgain(for: partitions, after: request)
        }
    }

    private func askAgain(for partitions: [KafkaPartition], after request: Int) {
        guard case .assigning(_, request) = phase else { return }
        askForOffsets(of: partitions)
    }

    /// Takes the lanes, from the offsets that are recorded.
    private func begin(_ offsets: [KafkaOffset]) {
        guard case .assigning(let partitions, _) = phase else { return }
        let known = Dictionary(offsets.map { ($0.partition, $0) }) { first, _ in first }
        for partition in partitions {
            lanes.assign(partition, offset: known[partition]?.offset ?? -1, mark: KafkaMark(known[partition]?.metadata ?? ""))
        }
        phase = .steady
        assign(
            partitions.map { partition in
                let offset = known[partition]?.offset ?? -1
                return KafkaOffset(partition: partition, offset: offset >= 0 ? offset : Int64(RD_KAFKA_OFFSET_BEGINNING))
            })
        wake.notify()
    }

    // MARK: Commits

    private func send(_ records: [KafkaLanes.Record]) {
        guard let client, let group, let list = KafkaPartitionList(records.map(\.offset)) else { return }
        lastNumber += 1
        commit = Commit(number: lastNumber, records: records, deadline: .now + timing.request)
        let code = rd_kafka_commit_queue(
            client.handle, list.pointer, group.pointer, nil, UnsafeMutableRawPointer(bitPattern: lastNumber))
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { fail(KafkaError(code)) }
    }

    private func noteCommit(_ event: borrowing KafkaEvent) {
        guard let current = commit, event.number == current.number else { return }
        if let error = event.error { return fail(error) }
        commit = nil
        let errors = Dictionary(
            KafkaPartitionList.offsets(rd_kafka_event_topic_partition_list(event.pointer)).map { ($0.partition, $0.error) }
        ) { first, _ in first }
        for record in current.records where errors[record.partition, default: 0] == 0 { lanes.note(record) }
        if let code = errors.values.first(where: { $0 != 0 }) { pause(after: KafkaError(rd_kafka_resp_err_t(code))) }
        commitTime = .now + timing.commitPause
        wake.notify()
    }

    /// Notes that a commit failed. It is sent again, unless the lanes are about to move in any case.
    private func fail(_ error: KafkaError) {
        commit = nil
        pause(after: error)
        if error.isRefusal { failure = error }
        if case .revoking(let deadline, isRecorded: true) = phase, !error.isOfEarlierGeneration, deadline > .now {
            phase = .revoking(deadline: deadline, isRecorded: false)
        }
        wake.notify()
    }

    private func pause(after error: KafkaError) {
        retryTime = .now + timing.commitPause
        RequestContext.defaultLogger.debug("A commit of the group \(membership.group) failed: \(error)")
    }

    // MARK: Leaving

    /// Does what can be done to leave: records what is settled, and then closes.
    func leave() {
        guard let client, let group else { return }
        if let current = commit, current.deadline <= .now { commit = nil }
        switch phase {
        case .assigning:
            phase = .steady
            finishRevoking()
        case .steady where commit == nil: phase = .revoking(deadline: .now, isRecorded: false)
        case .revoking(_, isRecorded: false) where commit == nil: giveBackAndClose(client, group)
        case .revoking(_, isRecorded: true) where commit == nil: close(client, group)
        case .closing: if rd_kafka_consumer_closed(client.handle) != 0 { end() }
        default: break
        }
    }

    private func giveBackAndClose(_ client: KafkaClient, _ group: KafkaQueue) {
        phase = .revoking(deadline: .now, isRecorded: true)
        let records = lanes.lastRecords(isLeaving: isInOrder)
        if records.isEmpty { close(client, group) } else { send(records) }
    }

    private func close(_ client: KafkaClient, _ group: KafkaQueue) {
        phase = .closing
        lanes.release()
        if let error = KafkaError(taking: rd_kafka_consumer_close_queue(client.handle, group.pointer)) {
            RequestContext.defaultLogger.debug("A member of the group \(membership.group) ends without leaving: \(error)")
            end()
        }
    }
}
