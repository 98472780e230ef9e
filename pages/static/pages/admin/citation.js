// The text editor's "Source" button: choose a citation, and it stands at the cursor.
(() => {
  const { React, draftail, DraftJS } = window;
  const { EditorState, Modifier, SelectionState } = DraftJS;

  class CitationSource extends draftail.ModalWorkflowSource {
    getChooserConfig() {
      return {
        url: this.props.entityType.chooserUrls.citationChooser,
        urlParams: {},
        onload: window.CHOOSER_MODAL_ONLOAD_HANDLERS,
        responses: { chosen: this.onChosen },
      };
    }

    // A source never replaces words: it goes behind the selection, or takes the place of the source being changed.
    onChosen(data) {
      const { editorState, entityKey, onComplete } = this.props;
      const content = editorState.getCurrentContent();
      const selection = editorState.getSelection();
      const place = entityKey
        ? selection
        : new SelectionState({
            anchorKey: selection.getEndKey(),
            anchorOffset: selection.getEndOffset(),
            focusKey: selection.getEndKey(),
            focusOffset: selection.getEndOffset(),
          });
      const { id, key, short_name, title, status } = data;
      const entity = content.createEntity('CITATION', 'IMMUTABLE', { id, key, short_name, title, status });
      const text = `[${short_name || key || title}]`;
      const changed = Modifier.replaceText(entity, place, text, null, entity.getLastCreatedEntityKey());
      this.workflow.close();
      onComplete(EditorState.push(editorState, changed, 'insert-characters'));
    }
  }

  const Citation = (props) => {
    const { missing, key, title, status, id } = props.contentState.getEntity(props.entityKey).getData();
    const label = missing ? `Missing source ${id}` : [status, title || key].filter(Boolean).join(': ');
    const name = missing || status ? 'warning' : 'openquote';
    return React.createElement(
      draftail.TooltipEntity,
      { ...props, icon: React.createElement(window.wagtail.components.Icon, { name }), label, url: null },
      props.children,
    );
  };

  draftail.registerPlugin({ type: 'CITATION', source: CitationSource, decorator: Citation }, 'entityTypes');
})();
